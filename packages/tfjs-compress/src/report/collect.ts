import type { io } from '@tensorflow/tfjs-core';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { outputPositions } from '../model/outputPositions.js';
import { type Summary, summarize } from '../model/summarize.js';
import { type Weight, weightsOf } from '../model/weights.js';
import { bars } from './bars.js';
import { type Figure, fileNames, findDocument } from './draw.js';
import { frontier, type SearchFigures } from './frontier.js';
import { histogram } from './histogram.js';
import { joinHistories, type TrainingHistory } from './history.js';
import { mask } from './mask.js';
import { layerSizes, type Original, originalOf, readOriginal } from './original.js';
import { trainingFigures } from './training.js';

/** A tfjs layers model, or what its save() hands to a handler. */
export type ModelOrArtifacts = io.ModelArtifacts | { save(handler: io.IOHandler): Promise<unknown> };

export interface FigureOptions {
  /** What model.fit returned, or several of that in a row. */
  history?: TrainingHistory | readonly TrainingHistory[];
  /** What compress() returned: its trials become a figure. */
  search?: SearchFigures;
  /**
   * The model before it was compressed: what sizes and numbers of parameters are compared
   * with. Default: the given model with all its weights as float32, which is less than
   * the original where units were taken out (shrink, compress).
   */
  original?: ModelOrArtifacts;
  /** Called with the fraction that is done, from 0 to 1. */
  onProgress?: (fraction: number) => void;
}

/** The figures of a model, as the report and the surfaces show them. */
export interface Collected {
  summary: Summary;
  original: Original;
  /** Of the search and of the training; none without them. */
  training: Figure[];
  layers: Figure[];
  kernels: { name: string; figures: Figure[] }[];
}

/**
 * All masks of a report together have about so many cells, one at most so many: pages
 * stay below a few megabytes.
 */
const maskCells = { all: 800_000, one: 24_000 };

export async function collectFigures(
  model: ModelOrArtifacts,
  { history, search, original: given, onProgress }: FigureOptions,
  positions?: Map<string, number>,
): Promise<Collected> {
  const artifacts = await readArtifacts(model);
  const document = await findDocument();
  const summary = summarize(artifacts, positions ?? ('save' in model ? outputPositions(model) : undefined), onProgress);
  const original = given ? readOriginal(await readArtifacts(given)) : originalOf(summary);
  const sizes = layerSizes(summary, original);
  const kernels = weightsOf(artifacts).filter(({ isCompressible, values }) => isCompressible && values.length > 0);
  const names = titles(kernels);
  const files = fileNames(names);
  const cells = Math.min(maskCells.one, Math.floor(maskCells.all / Math.max(1, kernels.length)));
  return {
    summary,
    original,
    training: [
      ...(search ? [frontier(document, search)] : []),
      ...(history ? trainingFigures(document, joinHistories(history)) : []),
    ],
    layers: [bars(document, sizes, 'bytes'), bars(document, sizes, 'parameters')],
    kernels: kernels.map((kernel, i) => {
      const named = { ...kernel, name: names[i], file: files[i] };
      return { name: names[i], figures: [histogram(document, named), mask(named, cells)] };
    }),
  };
}

async function readArtifacts(model: ModelOrArtifacts): Promise<io.ModelArtifacts> {
  return 'save' in model ? artifactsOf(model) : model;
}

/** The weights' names in the file; where they repeat, the paths, which do not. */
function titles(kernels: Weight[]): string[] {
  const count = new Map<string, number>();
  for (const { name } of kernels) count.set(name, (count.get(name) ?? 0) + 1);
  return kernels.map(({ name, path }) => (count.get(name) === 1 ? name : path));
}

export function allFigures({ training, layers, kernels }: Collected): Figure[] {
  return [...training, ...layers, ...kernels.flatMap(({ figures }) => figures)];
}
