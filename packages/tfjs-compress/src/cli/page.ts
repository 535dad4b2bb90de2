import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import { type Command, Option } from 'commander';
import { describeInput, likelyRange } from '../page/describe.js';
import { fileEngine, frozenEngine } from '../page/engines.js';
import { makePage } from '../page/makePage.js';
import { type ValueRange, valueRanges } from '../page/PageConfig.js';
import { readLabels } from '../page/readLabels.js';
import { clientScript, runtimeScript } from '../page/scripts.js';
import { anyModel, endingIn, examples } from './arguments.js';
import { makeProgress } from './progress.js';
import { checkFile, writeWhole } from './writeModel.js';

/**
 * Bytes of a file up to which a page without the code that reads it is tried: beyond,
 * that code is a small part of the page.
 */
const largestFrozen = 2 ** 18;

interface PageOptions {
  labels?: string;
  range?: ValueRange;
  title?: string;
}

/**
 * Adds `page MODEL OUT.html`. `read` reads a model and passes on what has to be said
 * about it.
 */
export function addPage(program: Command, read: (path: string) => io.ModelArtifacts): void {
  program
    .command('page')
    .description('write a page that runs the model: one file, without TensorFlow.js and without a server')
    .argument('<model>', anyModel)
    .argument('<out>', 'the page to write, ending in .html', endingIn('.html'))
    .option('--labels <file>', "names of the outputs' values: one a line, or JSON")
    .addOption(
      new Option('--range <range>', 'what black and white are to the model, default: a guess').choices(
        Object.keys(valueRanges),
      ),
    )
    .option('--title <text>', "the page's title, default: the file's name")
    .addHelpText(
      'after',
      examples(['page model.tfz digits.html', 'page model/ page.html --labels labels.txt --range -1..1']),
    )
    .action(async (path: string, output: string, options: PageOptions) => {
      console.log(await writePage(path, output, read(path), options));
    });
}

/** Writes the page. Returns the line to print. */
async function writePage(
  path: string,
  output: string,
  artifacts: io.ModelArtifacts,
  { labels, title = titleOf(path), ...options }: PageOptions,
): Promise<string> {
  checkFile(output);
  const file = isFile(path) ? readFileSync(path) : pack(artifacts, { onProgress: makeProgress('packing') });
  const { kind, inputs: given, outputs } = await tryRuntime(path, file);
  const inputs = given.map((input) => describeInput(input, artifacts.modelTopology));
  const config = {
    inputs,
    outputs: labels ? readLabels(labels, outputs) : outputs.map(({ name }) => ({ name, labels: null })),
    range: options.range ?? likelyRange(inputs, artifacts.modelTopology),
  };
  const { freeze } = await import('@tfjs-compress/runtime/internal');
  const client = clientScript();
  const pages = [makePage({ title, config, client, engine: fileEngine(file, runtimeScript(kind)) })];
  const shapes = inputs.flatMap(({ shape }) => (shape ? [shape] : []));
  if (file.length <= largestFrozen && shapes.length === inputs.length)
    pages.push(makePage({ title, config, client, engine: frozenEngine(await freeze(file, shapes)) }));
  const { html, bytes } = pages.reduce((least, page) => (page.bytes.page < least.bytes.page ? page : least));
  writeWhole([[output, html]]);
  return `${output}: ${bytes.page} bytes, with the model (${bytes.model}) and the runtime (${bytes.runtime}) in it`;
}

/** Whether the smaller runtime runs the model, and what the model takes and gives. */
async function tryRuntime(path: string, file: Uint8Array) {
  // Not before they are needed, as the other commands do not wait for them.
  const [dense, whole] = [await import('@tfjs-compress/runtime/dense'), await import('@tfjs-compress/runtime')];
  try {
    const { inputs, outputs } = await dense.loadModel(file);
    return { kind: 'dense' as const, inputs, outputs };
  } catch {
    // Layers that only the whole runtime has, or a reason that it gives, too.
  }
  try {
    const { inputs, outputs } = await whole.loadModel(file);
    return { kind: 'all' as const, inputs, outputs };
  } catch (error) {
    throw new Error(`${path}: the runtime cannot run this model: ${(error as Error).message}`);
  }
}

function isFile(path: string): boolean {
  return !path.endsWith('.json') && statSync(path).isFile();
}

function titleOf(path: string): string {
  const name = basename(resolve(path));
  if (name === 'model.json') return basename(resolve(path, '..'));
  return name.replace(/\.(tfz|json)$/, '') || name;
}
