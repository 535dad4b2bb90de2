import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isDeepStrictEqual } from 'node:util';
import type { io } from '@tensorflow/tfjs-core';
import { joinBuffers } from '@tfjs-compress/format/internal';
import { Command, Option } from 'commander';
import { formatSummary } from '../model/formatSummary.js';
import { summarize } from '../model/summarize.js';
import type { Levels } from '../once/grids.js';
import { repair } from '../repair/repair.js';
import { formatUnits } from '../shrink/formatUnits.js';
import { shrinkArtifacts } from '../shrink/shrinkArtifacts.js';
import { anyModel, endingIn, examples, folderName, numberFrom, wholeFrom } from './arguments.js';
import { bench, formatBench } from './bench.js';
import { addExamples, hasExamples, type OnceOptions, once } from './once.js';
import { addPage } from './page.js';
import { loads, positionsOf } from './positions.js';
import { makeProgress } from './progress.js';
import { readModel } from './readModel.js';
import { addSearch } from './search.js';
import { prune, quantize, type Transformed } from './transform.js';
import { addWorker } from './worker.js';
import { checkFile, checkOutput, writeModel, writeWhole } from './writeModel.js';

const warning = {
  prune: 'Pruned without re-training, which costs accuracy: check it, or prune in model.fit with SurgeryCallback.',
  quantize:
    'Quantized without re-training, which costs accuracy: check it, or quantize in model.fit with INQScheduler.',
};

const { version } = createRequire(import.meta.url)('tfjs-compress/package.json');

/** The command line. Results go to stdout, progress and warnings to stderr. */
export function makeProgram(): Command {
  const program = new Command('tfjs-compress')
    .description('Makes TensorFlow.js models small.')
    .version(version, '-V, --version')
    .showHelpAfterError('(--help shows what can be given)')
    .addHelpText(
      'after',
      examples(['summary model/', 'pack model/ model.tfz --verify', 'report model.tfz report.html']),
    );

  program
    .command('summary')
    .description('show shape, parameters, levels, bits, bytes and multiply-adds of every layer')
    .argument('<model>', anyModel)
    .option('--weights', 'a line for every weight instead of every layer')
    .option('--json', 'print JSON, of layers and their weights')
    .addHelpText('after', examples(['summary model/', 'summary model.tfz --weights', 'summary model.tfz --json']))
    .action(async (path: string, { json, weights }: { json?: boolean; weights?: boolean }) => {
      const artifacts = read(path);
      const summary = summarize(artifacts, await positionsIn(path, artifacts), makeProgress('packing'));
      console.log(json ? JSON.stringify(summary, null, 2) : formatSummary(summary, weights));
    });

  program
    .command('pack')
    .description('write a model as one compressed file, bit for bit')
    .argument('<in>', anyModel)
    .argument('<out>', 'the file to write, ending in .tfz', endingIn('.tfz'))
    .option('--verify', 'read the file again and compare')
    .addHelpText('after', examples(['pack model/ model.tfz', 'pack model/model.json model.tfz --verify']))
    .action((input: string, output: string, { verify }: { verify?: boolean }) => convert(input, output, verify));

  program
    .command('unpack')
    .description('write a compressed file as a plain tfjs model')
    .argument('<in>', anyModel)
    .argument('<out>', 'the folder to write', folderName)
    .option('--verify', 'read the model again and compare')
    .addHelpText('after', examples(['unpack model.tfz model/']))
    .action((input: string, output: string, { verify }: { verify?: boolean }) => convert(input, output, verify));

  addExamples(program.command('prune'))
    .description('set the smallest weights of every kernel to zero, without re-training')
    .argument('<in>', anyModel)
    .argument('<out>', 'a .tfz file or a folder')
    .requiredOption('--sparsity <fraction>', 'how many, from 0 to below 1', numberFrom(0, 0.9999))
    .addHelpText(
      'after',
      examples(['prune model/ pruned.tfz --sparsity 0.5', 'prune model/ pruned.tfz --sparsity 0.5 --examples images/']),
    )
    .action((input: string, output: string, { sparsity, ...given }: { sparsity: number } & OnceOptions) =>
      change(input, output, warning.prune, (artifacts) =>
        hasExamples(given) ? once(artifacts, given, { targetSparsity: sparsity }) : prune(artifacts, sparsity),
      ),
    );

  addExamples(program.command('quantize'))
    .description('round every kernel to powers of two, without re-training')
    .argument('<in>', anyModel)
    .argument('<out>', 'a .tfz file or a folder')
    .option('--bits <n>', 'bits, from 2 to 8', wholeFrom(2, 8), 5)
    .addOption(new Option('--levels <kind>', 'with examples: which levels').choices(['powerOfTwo', 'uniform']))
    .addHelpText(
      'after',
      examples(['quantize model/ small.tfz', 'quantize model/ smaller.tfz --bits 4 --examples images/']),
    )
    .action(
      (input: string, output: string, { bits, levels, ...given }: { bits: number; levels?: Levels } & OnceOptions) =>
        change(input, output, warning.quantize, (artifacts) => {
          if (hasExamples(given)) return once(artifacts, given, { bits, levels });
          if (levels === 'uniform') throw new Error('--levels uniform needs --examples.');
          return quantize(artifacts, bits);
        }),
    );

  program
    .command('shrink')
    .description('remove the units and channels that pruning left dead; predictions stay the same')
    .argument('<in>', anyModel)
    .argument('<out>', 'a .tfz file or a folder')
    .addHelpText('after', examples(['shrink pruned.tfz small.tfz', 'shrink pruned/ small/']))
    .action((input: string, output: string) => {
      checkOutput(output);
      const given = read(input);
      const { artifacts, rows } = naming(input, () => shrinkArtifacts(given));
      const bytes = writeModel(output, artifacts, makeProgress('packing'));
      const weights = (of: io.ModelArtifacts) => joinBuffers(of.weightData).length;
      console.log(formatUnits(rows));
      console.log(`${output}: ${bytes} bytes; ${weights(artifacts)} bytes of weights, before ${weights(given)}`);
    });

  program
    .command('repair')
    .description('write a model of Keras 3 or tf-keras that tfjs refuses as one that it loads, with equal predictions')
    .argument('<in>', anyModel)
    .argument('<out>', 'a .tfz file or a folder')
    .addHelpText('after', examples(['repair keras3-model/ model/']))
    .action(async (input: string, output: string) => {
      checkOutput(output);
      const given = read(input);
      const { artifacts, changes } = naming(input, () => repair(given));
      const { reason, isMissing } = await loads(artifacts);
      if (reason && !isMissing) throw new Error(`${input}: cannot be repaired: ${reason}`);
      const bytes = writeModel(output, artifacts, makeProgress('packing'));
      if (isMissing)
        console.error(inYellow('TensorFlow.js is not installed: whether it loads the model was not tried.'));
      for (const change of changes) console.log(`- ${change}`);
      const what = changes.length > 0 ? 'repaired' : 'nothing had to be repaired';
      console.log(`${output}: ${what}${isMissing ? '' : ', tfjs loads it'}, ${bytes} bytes`);
    });

  program
    .command('report')
    .description('write a page with figures of a model and of its training')
    .argument('<model>', anyModel)
    .argument(
      '<out>',
      'the page to write, ending in .html; the figures are written beside it as .svg',
      endingIn('.html'),
    )
    .option('--original <model>', 'the model before compression, to compare sizes with')
    .option('--history <file>', 'JSON of what model.fit returned, its history, or a list of several')
    .addHelpText(
      'after',
      examples([
        'report model.tfz report.html',
        'report model.tfz report.html --original model/ --history history.json',
      ]),
    )
    .action(async (path: string, output: string, options: { history?: string; original?: string }) => {
      checkFile(output);
      const history = options.history ? readHistory(options.history) : undefined;
      const artifacts = read(path);
      const original = options.original ? read(options.original) : undefined;
      const positions = await positionsIn(path, artifacts);
      const onProgress = makeProgress('packing');
      // Not before it is needed: it is most of what the other commands would wait for.
      const { makeReport } = await import('tfjs-compress/report');
      const { html, figures } = await makeReport(artifacts, { title: path, history, original, positions, onProgress });
      const svgs = figures.map(({ name, svg }): [string, string] => [output.replace(/\.html$/, `.${name}.svg`), svg]);
      writeWhole([[output, html], ...svgs]);
      console.log(`${output}: ${figures.length} figures`);
    });

  program
    .command('bench')
    .description('time loading and one prediction on every backend that is installed')
    .argument('<model>', anyModel)
    .option('--runs <n>', 'medians of so many', wholeFrom(1, 1000), 5)
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['bench model.tfz', 'bench model/ --runs 20']))
    .action(async (path: string, { runs, json }: { runs: number; json?: boolean }) => {
      const rows = await bench(path, runs);
      console.log(json ? JSON.stringify(rows, null, 2) : formatBench(rows));
    });
  addPage(program, read);
  addSearch(program);
  addWorker(program);
  return program;
}

function read(path: string): io.ModelArtifacts {
  const { artifacts, warnings } = readModel(path);
  for (const warning of warnings) console.error(inYellow(warning));
  return artifacts;
}

async function positionsIn(path: string, artifacts: io.ModelArtifacts): Promise<Map<string, number> | undefined> {
  const { positions, reason } = await positionsOf(artifacts);
  if (reason) console.error(`${path}: multiply-adds are left out: ${reason}`);
  return positions;
}

function convert(input: string, output: string, verify?: boolean): void {
  checkOutput(output);
  const artifacts = read(input);
  const bytes = naming(input, () => writeModel(output, artifacts, makeProgress('packing')));
  const weights = joinBuffers(artifacts.weightData);
  if (verify) {
    const { artifacts: again } = readModel(output);
    if (Buffer.compare(joinBuffers(again.weightData), weights) !== 0)
      throw new Error(`${output}: the weights differ from ${input}.`);
    if (!isDeepStrictEqual(descriptionOf(again), descriptionOf(artifacts)))
      throw new Error(`${output}: the description of the model differs from ${input}.`);
  }
  const same = verify ? ', read again and the same bit for bit' : '';
  console.log(`${output}: ${bytes} bytes, of ${weights.length} bytes of weights${same}`);
}

async function change(
  input: string,
  output: string,
  warn: string,
  body: (artifacts: io.ModelArtifacts) => Transformed | Promise<Transformed>,
): Promise<void> {
  checkOutput(output);
  const given = read(input);
  const { artifacts, kernels, notes } = await Promise.resolve(given)
    .then(body)
    .catch((error) =>
      naming(input, (): Transformed => {
        throw error;
      }),
    );
  const bytes = writeModel(output, artifacts, makeProgress('packing'));
  for (const note of [warn, ...notes]) console.error(inYellow(note));
  console.log(`${output}: ${kernels.length} ${kernels.length === 1 ? 'kernel' : 'kernels'} changed, ${bytes} bytes`);
}

/** What goes wrong with a model names its path. */
function naming<T>(path: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    // What cannot be written names the other path itself.
    const { message } = error as Error;
    throw new Error(message.includes(': cannot be written: ') ? message : `${path}: ${message}`);
  }
}

/** All but the weights, as JSON. */
function descriptionOf({ weightData: _, weightSpecs = [], ...rest }: io.ModelArtifacts): unknown {
  const weights = weightSpecs.map(({ name, shape, dtype, quantization }) => ({ name, shape, dtype, quantization }));
  return JSON.parse(JSON.stringify({ ...rest, weights }));
}

/** On a terminal that shows colours. */
function inYellow(text: string): string {
  const color = process.stderr.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return color ? `\u001b[33m${text}\u001b[39m` : text;
}

function readHistory(path: string): object[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`);
  }
  const histories = (Array.isArray(parsed) ? parsed : [parsed]).map((each) => each?.history ?? each);
  for (const history of histories) {
    const isHistory = history && typeof history === 'object' && Object.values(history).every(Array.isArray);
    if (!isHistory) throw new Error(`${path}: expected an object of lists, one number per epoch, or a list of those.`);
  }
  return histories;
}
