import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { pack } from '@tfjs-compress/format';
import type { TensorInfo } from '@tfjs-compress/runtime';
import { type Command, Option } from 'commander';
import { type ValueRange, valueRanges } from '../page/PageConfig.js';
import { pageOf } from '../page/pageOf.js';
import { readLabels } from '../page/readLabels.js';
import { clientScript, runtimeScript } from '../page/scripts.js';
import { anyModel, endingIn, examples } from './arguments.js';
import { makeProgress } from './progress.js';
import { checkFile, writeWhole } from './writeModel.js';

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
  { labels, title = titleOf(path), range }: PageOptions,
): Promise<string> {
  checkFile(output);
  const file = isFile(path) ? readFileSync(path) : pack(artifacts, { onProgress: makeProgress('packing') });
  const labelsOf = labels ? (outputs: readonly TensorInfo[]) => readLabels(labels, outputs) : undefined;
  const scripts = { client: clientScript(), runtime: runtimeScript };
  const topology = artifacts.modelTopology;
  const { html, bytes } = await pageOf({ name: path, title, file, topology, labels: labelsOf, range }, scripts);
  writeWhole([[output, html]]);
  return `${output}: ${bytes.page} bytes, with the model (${bytes.model}) and the runtime (${bytes.runtime}) in it`;
}

function isFile(path: string): boolean {
  return !path.endsWith('.json') && statSync(path).isFile();
}

function titleOf(path: string): string {
  const name = basename(resolve(path));
  if (name === 'model.json') return basename(resolve(path, '..'));
  return name.replace(/\.(tfz|json)$/, '') || name;
}
