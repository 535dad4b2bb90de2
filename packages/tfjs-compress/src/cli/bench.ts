import { readFileSync, statSync } from 'node:fs';
import type { Tensor } from '@tensorflow/tfjs-core';
import { alignColumns } from '@tfjs-compress/callbacks/internal';
import { stripArtifacts } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { findTfjs, loadBackends, type Tfjs } from './backend.js';
import { firstLine } from './positions.js';
import { readModel } from './readModel.js';

export interface BenchRow {
  /** A backend of tfjs, or 'runtime': @tfjs-compress/runtime, without tfjs. */
  backend: string;
  loadMs: number;
  inferenceMs: number;
}

/** A backend on which the model does not run, and why. */
export interface FailedRow {
  backend: string;
  error: string;
}

/** A model that is loaded: one prediction, batch 1, up to its values. */
interface Contender {
  predict(): Promise<void> | void;
  dispose(): void;
}

/** Of what is unknown in an input's shape. */
const unknownSize = 224;
/** Of all inputs. Not 0, which the runtime leaves out; for indexes it is 0. */
const inputValue = 0.5;
/** A loaded model predicts at least once beside the first time, and so long. */
const predictingMs = 50;

/**
 * Times reading and one prediction (batch 1, unknown sizes taken as 224) on each backend
 * of tfjs and by the runtime: medians of `runs` loads, and of all predictions but the
 * first after each.
 *
 * @throws Error that names the model when it runs on none of them.
 */
export async function bench(path: string, runs: number): Promise<(BenchRow | FailedRow)[]> {
  readModel(path);
  const rows: (BenchRow | FailedRow)[] = [];
  const row = async (backend: string, open: () => Promise<Contender>) => {
    try {
      rows.push({ backend, ...(await timesOf(open, runs)) });
    } catch (error) {
      rows.push({ backend, error: firstLine(error) });
    }
  };
  const tf = findTfjs();
  for (const backend of tf ? loadBackends() : []) {
    await row(backend, async () => {
      await tf!.setBackend(backend);
      await tf!.ready();
      return onTfjs(tf!, path);
    });
  }
  await row('runtime', () => onRuntime(path));
  const failed = rows.filter((each) => 'error' in each);
  if (failed.length === rows.length) throw new Error(`${path}: ${failed[0].error}`);
  if (!tf) rows.push({ backend: 'tfjs', error: 'not installed (npm install @tensorflow/tfjs)' });
  return rows;
}

async function timesOf(open: () => Promise<Contender>, runs: number): Promise<Omit<BenchRow, 'backend'>> {
  const loads: number[] = [];
  const times: number[] = [];
  // What is compiled or started once is no part of the first run.
  (await open()).dispose();
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const model = await open();
    loads.push(performance.now() - start);
    // The first prediction of a model compiles and allocates.
    await model.predict();
    const end = performance.now() + predictingMs;
    do {
      const before = performance.now();
      await model.predict();
      times.push(performance.now() - before);
    } while (performance.now() < end);
    model.dispose();
  }
  return { loadMs: median(loads), inferenceMs: median(times) };
}

async function onTfjs(tf: Tfjs, path: string): Promise<Contender> {
  const { artifacts } = readModel(path);
  const handler = { load: async () => stripArtifacts(artifacts) };
  const model = await (isGraphModel(artifacts) ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler));
  const tensors = model.inputs.map(({ shape = [], dtype }) => tf.fill(sizesOf(shape), inputValue, dtype as 'float32'));
  const inputs = tensors.length === 1 ? tensors[0] : tensors;
  return {
    async predict() {
      // Graph models with control flow cannot predict() at once.
      const predicted = 'executeAsync' in model ? await model.executeAsync(inputs) : model.predict(inputs);
      const outputs = [predicted].flat() as Tensor[];
      await Promise.all(outputs.map((each) => each.data()));
      tf.dispose(outputs);
    },
    dispose() {
      tf.dispose(tensors);
      model.dispose();
    },
  };
}

async function onRuntime(path: string): Promise<Contender> {
  const { loadModel } = await import('@tfjs-compress/runtime');
  const isPlain = path.endsWith('.json') || statSync(path).isDirectory();
  const model = await loadModel(isPlain ? readModel(path).artifacts : readFileSync(path));
  const named = model.inputs.map(({ name, shape: given }) => {
    const shape = sizesOf(given);
    return [name, { data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(inputValue), shape }];
  });
  const inputs = Object.fromEntries(named);
  return {
    predict() {
      model.predict(inputs);
    },
    dispose: () => model.dispose(),
  };
}

/** Of one example. Of a graph model -1 is an unknown size. */
function sizesOf(shape: readonly (number | null)[]): number[] {
  return [1, ...shape.slice(1).map((size) => (size === null || size < 0 ? unknownSize : size))];
}

export function formatBench(rows: (BenchRow | FailedRow)[]): string {
  const ms = (value: number) => `${value < 1 ? value.toPrecision(2) : value.toFixed(1)} ms`;
  const times = rows.filter((row): row is BenchRow => !('error' in row));
  const failed = rows.filter((row): row is FailedRow => 'error' in row);
  return [
    alignColumns([
      ['backend', 'load', 'inference'],
      ...times.map((row) => [row.backend, ms(row.loadMs), ms(row.inferenceMs)]),
    ]),
    ...failed.map(({ backend, error }) => `${backend}: ${error}`),
  ].join('\n');
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
