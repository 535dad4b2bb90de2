import type { io } from '@tensorflow/tfjs-core';
import { alignColumns } from '@tfjs-compress/callbacks';
import { readArtifacts } from './artifacts.js';
import { loadBackends, loadTfjs } from './backend.js';

export interface BenchRow {
  backend: string;
  loadMs: number;
  inferenceMs: number;
}

/** Times reading and one prediction (batch 1, unknown sizes taken as 224) on each backend; medians of `runs`. */
export async function bench(path: string, runs: number): Promise<BenchRow[]> {
  const tf = loadTfjs();
  const rows: BenchRow[] = [];
  for (const backend of loadBackends()) {
    await tf.setBackend(backend);
    await tf.ready();
    const loads: number[] = [];
    const times: number[] = [];
    for (let run = 0; run < runs; run++) {
      const start = performance.now();
      const artifacts: io.ModelArtifacts = readArtifacts(path);
      const model = await tf.loadLayersModel({ load: async () => artifacts });
      loads.push(performance.now() - start);
      const inputs = model.inputs.map(({ shape }) => tf.zeros([1, ...shape.slice(1).map((size) => size ?? 224)]));
      for (let i = 0; i < 2; i++) {
        const before = performance.now();
        const outputs = [model.predict(inputs.length === 1 ? inputs[0] : inputs)].flat();
        await Promise.all(outputs.map((each) => each.data()));
        // The first prediction of a model compiles and allocates.
        if (i > 0) times.push(performance.now() - before);
        tf.dispose(outputs);
      }
      tf.dispose(inputs);
      model.dispose();
    }
    rows.push({ backend, loadMs: median(loads), inferenceMs: median(times) });
  }
  return rows;
}

export function formatBench(rows: BenchRow[]): string {
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  return alignColumns([
    ['backend', 'load', 'inference'],
    ...rows.map((row) => [row.backend, ms(row.loadMs), ms(row.inferenceMs)]),
  ]);
}

function median(values: number[]): number {
  return values.sort((a, b) => a - b)[values.length >> 1];
}
