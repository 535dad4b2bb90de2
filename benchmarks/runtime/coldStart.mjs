/**
 * Processor time of whole Node processes that load a net and predict once, above that of
 * one that does nothing.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from '../tools/median.mjs';

const task = fileURLToPath(new URL('coldTask.cjs', import.meta.url));

/**
 * @returns By program { milliseconds, fastest } or { error }; the programs take turns,
 *   `runs` each.
 */
export async function coldStarts({ programs, bundle, folders, net, runs }) {
  const tasks = { 'node alone': [] };
  for (const [name, { entry, format }] of Object.entries(programs)) {
    const given = { bundle: await bundle(entry, { forNode: true }), folders, format, net };
    tasks[name] = [JSON.stringify(given)];
  }
  const times = {};
  for (let run = 0; run < runs; run++) {
    for (const [name, given] of Object.entries(tasks)) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [task, ...given], { encoding: 'utf8' });
      if (status === 0) times[name] = [...(times[name] ?? []), Number(stdout.trim().split('\n').at(-1))];
      else times[name] = { error: /^\w*Error.*/m.exec(stderr)?.[0].slice(0, 200) ?? stderr.slice(-200) };
    }
  }
  const own = median(times['node alone']);
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      if (all.error) return [name, all];
      const above = name === 'node alone' ? 0 : own;
      return [name, { milliseconds: median(all) - above, fastest: Math.min(...all) - above }];
    }),
  );
}
