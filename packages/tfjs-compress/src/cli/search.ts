import type { Command } from 'commander';
import { examples, nameOnQueue, numberFrom, wholeFrom } from './arguments.js';
import type { LeadOptions } from './leadSearch.js';
import { say } from './say.js';
import { stopSignal } from './stopSignal.js';

/** Adds `search MODULE`. */
export function addSearch(program: Command): void {
  program
    .command('search')
    .description('make a model small without choosing numbers: tries plans, trains each, keeps the best')
    .argument('<module>', 'a file that exports model, train, evaluate and options')
    .option('--output <folder>', 'for everything the search has; the same one again goes on', 'search-output')
    .option('--max-loss <score>', 'how much of the score may be lost', numberFrom(-Number.MAX_VALUE, Number.MAX_VALUE))
    .option('--max-bytes <n>', 'bytes of the file', wholeFrom(1, Number.MAX_SAFE_INTEGER))
    .option('--max-multiply-adds <n>', 'for one example', wholeFrom(1, Number.MAX_SAFE_INTEGER))
    .option('--minutes <n>', 'when to end', numberFrom(0.001, 1e6))
    .option('--trials <n>', 'how many', wholeFrom(1, 1e6))
    .option('--epochs <n>', 'of a long trial', wholeFrom(2, 1e6))
    .option('--width <n>', 'trials of the first generation; a sixth of that later on', wholeFrom(1, 1e6))
    .option('--seed <n>', 'of random choices', wholeFrom(0, Number.MAX_SAFE_INTEGER))
    .option('--workers <n>', 'trials at once, each in a process of this machine', wholeFrom(1, 1024))
    .option('--queue <url>', 'redis://host:port, by which workers anywhere get the trials')
    .option('--name <name>', 'of the search, on the queue', nameOnQueue, 'search')
    .option('--lost-after <seconds>', 'when to give the trial of a silent worker to another', numberFrom(1, 3600), 15)
    .addHelpText(
      'after',
      examples([
        'search search.mjs --minutes 30',
        'search search.mjs --workers 4 --width 24',
        'search search.mjs --queue redis://192.168.1.5 --width 24',
      ]),
    )
    .action(async (path: string, options: LeadOptions) => {
      const { signal, dispose } = stopSignal(() => say('stopping; the same command goes on with the search'));
      try {
        // Not before it is needed: the other commands would wait for it.
        const { leadSearch } = await import('./leadSearch.js');
        console.log(await leadSearch(path, options, signal));
      } finally {
        dispose();
      }
    });
}
