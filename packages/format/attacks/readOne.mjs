/**
 * Reads one file in a process of its own and prints, as JSON, what came of it, the
 * processor time and the memory it took:
 *
 *   node readOne.mjs DECODER FILE MAX_BYTES
 */
import { existsSync, readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

/**
 * The most memory in use so far, in MB. Where /proc does not tell, what the parent had
 * before it started this process counts, too.
 */
function peak() {
  const status = '/proc/self/status';
  if (!existsSync(status)) return process.resourceUsage().maxRSS / 1024;
  return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(status, 'utf8'))[1]) / 1024;
}

const [decoder, file, maxBytes] = process.argv.slice(2);
const { unpack } = await import(pathToFileURL(decoder));
const bytes = readFileSync(file);
const before = peak();
const start = process.cpuUsage();
let outcome = 'accepted';
try {
  unpack(bytes, { maxBytes: Number(maxBytes) });
} catch (error) {
  outcome = `${error.name}: ${error.message}`;
}
const { user, system } = process.cpuUsage(start);
const megabytes = peak() - before;
console.log(JSON.stringify({ outcome, fileBytes: bytes.length, seconds: (user + system) / 1e6, megabytes }));
