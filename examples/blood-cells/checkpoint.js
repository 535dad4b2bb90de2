import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Detector } from '@tfjs-compress/detection';
import { modelFolder } from '@tfjs-compress/example-tools';

/** Keeps a stage's detector, its optimizer and the number of epochs done in a folder, so that a run that was ended goes on. */
export class Checkpoint {
  constructor(folder, stage) {
    this.folder = join(folder, stage);
  }

  /** Epochs done; 0 where there is nothing. */
  get epochs() {
    const file = join(this.folder, 'state.json');
    return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).epochs : 0;
  }

  load() {
    return Detector.load(modelFolder(join(this.folder, 'model')));
  }

  async save(detector, { epochs, optimizer }) {
    mkdirSync(this.folder, { recursive: true });
    await detector.save(modelFolder(join(this.folder, 'model')));
    const weights = optimizer ? await optimizer.getWeights() : [];
    const { data, specs } = await tf.io.encodeWeights(weights);
    this.write('optimizer.bin', new Uint8Array(data));
    this.write('state.json', JSON.stringify({ epochs, specs }));
  }

  async restoreOptimizer(optimizer) {
    const { specs } = JSON.parse(readFileSync(join(this.folder, 'state.json'), 'utf8'));
    const bytes = Uint8Array.from(readFileSync(join(this.folder, 'optimizer.bin')));
    const tensors = tf.io.decodeWeights(bytes.buffer, specs);
    await optimizer.setWeights(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })));
  }

  write(name, content) {
    const file = join(this.folder, name);
    writeFileSync(`${file}.tmp`, content);
    renameSync(`${file}.tmp`, file);
  }
}
