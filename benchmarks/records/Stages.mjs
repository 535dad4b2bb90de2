import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { compressed } from 'tfjs-compress';
import { percent } from './training.mjs';

/**
 * Trainings that go on where they were interrupted: each stage ends with a model and its
 * figures on disk, and is not run again when its settings, and those of the stages before
 * it, are the same.
 */
export class Stages {
  /** @param errorOf Of a model, on the validation images. */
  constructor(folder, seed, errorOf) {
    this.folder = folder;
    this.seed = seed;
    this.errorOf = errorOf;
    mkdirSync(folder, { recursive: true });
  }

  /**
   * @param from The stage before, if any: `run` gets its model.
   * @param settings All that decides the result.
   * @param run (model) → { model, history }; the model may be another one.
   * @returns { name, key, file, history, validationError, nonZero, seconds }: seconds of
   *   processor time of this process, nonZero of all parameters.
   */
  async run(name, from, settings, run) {
    const file = join(this.folder, `${name}.tfz`);
    const beside = join(this.folder, `${name}.json`);
    const key = createHash('sha256')
      .update(JSON.stringify({ seed: this.seed, from: from?.key, settings }))
      .digest('hex')
      .slice(0, 16);
    if (existsSync(beside)) {
      const before = JSON.parse(readFileSync(beside, 'utf8'));
      if (before.key === key) return { ...before, file };
    }
    const begin = process.cpuUsage();
    const { model, history } = await run(from && (await loadStage(from)));
    const { user, system } = process.cpuUsage(begin);
    const validationError = this.errorOf(model);
    await model.save(compressed(`file://${file}`));
    const nonZero = countNonZero(model);
    model.dispose();
    const result = { name, key, validationError, nonZero, seconds: (user + system) / 1e6, settings, history };
    writeFileSync(beside, JSON.stringify(result));
    console.log(
      `${name}: validation error ${percent(validationError)}, ${nonZero} parameters, ${Math.round(result.seconds)} s`,
    );
    return { ...result, file };
  }
}

export function loadStage({ file }) {
  return tf.loadLayersModel(compressed(`file://${file}`));
}

export function countNonZero(model) {
  const values = model.getWeights().map((weight) => weight.dataSync());
  return values.reduce((sum, each) => sum + each.reduce((n, value) => n + (value !== 0), 0), 0);
}
