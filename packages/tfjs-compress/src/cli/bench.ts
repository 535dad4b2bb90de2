import type { io, Tensor } from '@tensorflow/tfjs-core';
import { alignColumns } from '@tfjs-compress/callbacks';
import { stripArtifacts } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { loadBackends, loadTfjs, type Tfjs } from './backend.js';
import { firstLine } from './positions.js';
import { readModel } from './readModel.js';

export interface BenchRow {
  backend: string;
  loadMs: number;
  inferenceMs: number;
}

/** A backend on which the model does not run, and why. */
export interface FailedRow {
  backend: string;
  error: string;
}

/**
 * Times reading and one prediction (batch 1, unknown sizes taken as 224) on each backend; medians of `runs`.
 *
 * @throws Error that names the model when it runs on none of them.
 */
export async function bench(path: string, runs: number): Promise<(BenchRow | FailedRow)[]> {
  const tf = loadTfjs();
  readModel(path);
  const rows: (BenchRow | FailedRow)[] = [];
  for (const backend of loadBackends()) {
    try {
      await tf.setBackend(backend);
      await tf.ready();
      rows.push({ backend, ...(await timesOn(tf, path, runs)) });
    } catch (error) {
      rows.push({ backend, error: firstLine(error) });
    }
  }
  const failed = rows.filter((row) => 'error' in row);
  if (failed.length === rows.length) throw new Error(`${path}: ${failed[0].error}`);
  return rows;
}

async function timesOn(tf: Tfjs, path: string, runs: number): Promise<Omit<BenchRow, 'backend'>> {
  const loads: number[] = [];
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const { artifacts } = readModel(path);
    const model = await load(tf, artifacts);
    loads.push(performance.now() - start);
    const inputs = model.inputs.map(({ shape = [], dtype }) =>
      // Of a graph model -1 is an unknown size.
      tf.zeros([1, ...shape.slice(1).map((size) => (size === null || size < 0 ? 224 : size))], dtype as 'float32'),
    );
    for (let i = 0; i < 2; i++) {
      const before = performance.now();
      const predicted = await predict(model, inputs);
      const outputs = [predicted].flat() as Tensor[];
      await Promise.all(outputs.map((each) => each.data()));
      // The first prediction of a model compiles and allocates.
      if (i > 0) times.push(performance.now() - before);
      tf.dispose(outputs);
    }
    tf.dispose(inputs);
    model.dispose();
  }
  return { loadMs: median(loads), inferenceMs: median(times) };
}

type Loaded = Awaited<ReturnType<typeof load>>;

function load(tf: Tfjs, artifacts: io.ModelArtifacts) {
  const handler = { load: async () => stripArtifacts(artifacts) };
  return isGraphModel(artifacts) ? tf.loadGraphModel(handler) : tf.loadLayersModel(handler);
}

function predict(model: Loaded, inputs: Tensor[]) {
  // Graph models with control flow cannot predict() at once.
  if ('executeAsync' in model) return model.executeAsync(inputs.length === 1 ? inputs[0] : inputs);
  return model.predict(inputs.length === 1 ? inputs[0] : inputs);
}

export function formatBench(rows: (BenchRow | FailedRow)[]): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
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
