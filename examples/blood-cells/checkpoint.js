import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { Detector } from '@tfjs-compress/detection';
import { modelFolder } from './modelFolder.js';

/**
 * Keeps a stage's detector, its optimizer, what the averages are of and the epochs done,
 * so that a run that was ended goes on.
 */
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

  /**
   * Gives `detector` the weights that were kept, and what its compression notes of them.
   */
  async copyTo(detector) {
    const before = await this.load();
    tf.tidy(() => detector.model.setWeights(before.model.getWeights()));
    // What was pruned is noted there.
    const metadata = before.model.getUserDefinedMetadata();
    if (metadata) detector.model.setUserDefinedMetadata(metadata);
    before.dispose();
  }

  async save(detector, { epochs, optimizer, averaged }) {
    mkdirSync(this.folder, { recursive: true });
    await detector.save(modelFolder(join(this.folder, 'model')));
    const state = { epochs };
    for (const [name, of] of Object.entries({ optimizer, averaged })) {
      const weights = of ? await of.getWeights() : [];
      const { data, specs } = await tf.io.encodeWeights(weights);
      // The optimizer's own are its variables.
      if (of === averaged) tf.dispose(weights.map(({ tensor }) => tensor));
      this.write(`${name}.bin`, new Uint8Array(data));
      state[name] = specs;
    }
    this.write('state.json', JSON.stringify(state));
  }

  /** Gives `optimizer` and `averaged` what save() kept of them. */
  async restore(into) {
    const state = JSON.parse(readFileSync(join(this.folder, 'state.json'), 'utf8'));
    for (const [name, to] of Object.entries(into)) {
      const bytes = Uint8Array.from(readFileSync(join(this.folder, `${name}.bin`)));
      const tensors = tf.io.decodeWeights(bytes.buffer, state[name]);
      await to.setWeights(Object.entries(tensors).map(([name, tensor]) => ({ name, tensor })));
    }
  }

  write(name, content) {
    const file = join(this.folder, name);
    writeFileSync(`${file}.tmp`, content);
    renameSync(`${file}.tmp`, file);
  }
}
