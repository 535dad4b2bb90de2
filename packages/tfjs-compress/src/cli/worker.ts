import type { Command } from 'commander';
import { examples, nameOnQueue, wholeFrom } from './arguments.js';
import { say } from './say.js';
import { stopSignal } from './stopSignal.js';

/** Adds `worker URL MODULE`. */
export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('run trials of a search that was started with --queue, until it ends')
    .argument('<queue>', 'redis://host:port')
    .argument('<module>', 'the same file as the search has')
    .option('--workers <n>', 'trials at once, each in a process of its own', wholeFrom(1, 1024), 1)
    .option('--name <name>', 'of the search', nameOnQueue, 'search')
    .addHelpText(
      'after',
      examples(['worker redis://192.168.1.5 search.mjs', 'worker redis://… search.mjs --workers 4']),
    )
    .action(async (url: string, path: string, { workers, name }: { workers: number; name: string }) => {
      const { signal, dispose } = stopSignal(() => say('stopping; other workers take over what runs here'));
      try {
        const { runWorker } = await import('../search/workers/runWorker.js');
        await runWorker({ url, path, name, processes: workers, signal, report: say });
      } finally {
        dispose();
      }
    });
}
