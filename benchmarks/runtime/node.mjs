/**
 * Times in Node: processor time of the process. A process of its own for each net:
 *
 *   node node.mjs JSON
 *
 * with { net, batch, contenders, work, bundles, base, options }; prints the results as
 * JSON in its last line.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { measureNet } from './measure.mjs';

const { net, batch, contenders, work, bundles, options } = JSON.parse(process.argv[2]);
const require = createRequire(import.meta.url);
const environment = {
  read: async (file) => new Uint8Array(readFileSync(join(work, file))),
  load: async (entry) => require(join(bundles, `${entry}.cjs`)),
  base: `${bundles}/`,
  clock() {
    const { user, system } = process.cpuUsage();
    return { processor: (user + system) / 1000 };
  },
};
const results = await measureNet(net, batch, contenders, environment, options);
console.log(`\n${JSON.stringify(results)}`);
process.exit();
