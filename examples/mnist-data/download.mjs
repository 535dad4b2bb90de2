/**
 * Downloads the full MNIST set: node examples/mnist-data/download.mjs FOLDER [--from URL]
 *
 * Takes the four gzipped files (11 MB) from the first home that answers, goes on where an
 * earlier try broke off, and gives a file its name only when its unzipped bytes have the
 * published MD5. Then: MNIST_DIR=FOLDER npm start
 */
import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { fullSet } from './files.js';
import { unzip } from './idx.js';

const homes = ['https://storage.googleapis.com/cvdf-datasets/mnist', 'https://ossci-datasets.s3.amazonaws.com/mnist'];

/** Milliseconds without a byte after which a home is given up. */
const patience = 30_000;

async function main() {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { from: { type: 'string' } } });
  if (positionals.length !== 1) throw new Error('Usage: node examples/mnist-data/download.mjs FOLDER [--from URL]');
  const [folder] = positionals;
  mkdirSync(folder, { recursive: true });
  for (const file of Object.values(fullSet).flatMap((part) => [part.images, part.labels])) {
    await obtain(file, folder, values.from ? [values.from.replace(/\/$/, '')] : homes);
  }
  console.log(`MNIST is complete in ${folder}. Use it with MNIST_DIR=${folder}`);
}

async function obtain({ name, md5 }, folder, from) {
  const target = join(folder, `${name}.gz`);
  if (existsSync(target)) {
    if (damage(target, md5) === undefined) return console.log(`${name}.gz is there already`);
    console.log(`${name}.gz is there but damaged: fetching it again`);
    rmSync(target);
  }
  const part = `${target}.part`;
  const failures = [];
  for (const home of from) {
    try {
      await fetchInto(part, `${home}/${name}.gz`);
      const wrong = damage(part, md5);
      if (wrong === undefined) {
        renameSync(part, target);
        return console.log(`${name}.gz: ${statSync(target).size} bytes from ${home}`);
      }
      rmSync(part);
      failures.push(`${home}: ${wrong}`);
    } catch (error) {
      // The part stays: the next try goes on from its end.
      failures.push(`${home}: ${error.cause?.message ?? error.message}`);
    }
  }
  throw new Error(`${name}.gz could not be downloaded:\n  ${failures.join('\n  ')}`);
}

/** Appends what is missing of `url` to `part`. */
async function fetchInto(part, url) {
  const have = existsSync(part) ? statSync(part).size : 0;
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  try {
    // Without identity a server may zip the body once more, and Content-Range would count
    // other bytes than ours.
    const headers = { 'accept-encoding': 'identity', ...(have && { range: `bytes=${have}-` }) };
    const response = await fetch(url, { headers, signal: stop.signal });
    // 416: nothing comes after what is there; the checksum tells whether it is whole.
    if (response.status === 416) return;
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`);
    const body = Readable.fromWeb(response.body);
    body.on('data', () => timer.refresh());
    await pipeline(body, createWriteStream(part, { flags: response.status === 206 ? 'a' : 'w' }));
  } catch (error) {
    if (stop.signal.aborted) throw new Error(`nothing came for ${patience / 1000} s`);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** What is wrong with a gzipped file; undefined when its unzipped bytes have the MD5. */
function damage(file, md5) {
  try {
    const sum = createHash('md5')
      .update(unzip(readFileSync(file), file))
      .digest('hex');
    return sum === md5 ? undefined : `MD5 ${sum} (unzipped), expected ${md5}`;
  } catch (error) {
    return error.message;
  }
}

main().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
