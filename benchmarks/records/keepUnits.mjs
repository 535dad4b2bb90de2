import * as tf from '@tensorflow/tfjs';
import { shrink } from 'tfjs-compress';

/**
 * The most important filters and neurons of a chain of layers, as a smaller model: those
 * with the largest product of the norms of what they read and of the weights that read
 * them. Everything else about the layers stays.
 *
 * @param counts How many of each layer, by its name.
 */
export async function keepUnits(model, counts) {
  const layers = model.layers.filter(({ weights }) => weights.length > 0);
  for (const [i, layer] of layers.entries()) {
    const count = counts[layer.name];
    if (!count) continue;
    const [kernel, bias] = layer.getWeights();
    const units = kernel.shape.at(-1);
    const [values, next] = [kernel.dataSync(), layers[i + 1].getWeights()[0]];
    const nextValues = next.dataSync();
    const nextUnits = next.shape.at(-1);
    const [reads, isRead] = [new Float64Array(units), new Float64Array(units)];
    for (let k = 0; k < values.length; k++) reads[k % units] += values[k] ** 2;
    // Before a flatten, channels come last too.
    for (let k = 0; k < nextValues.length; k++) isRead[Math.floor(k / nextUnits) % units] += nextValues[k] ** 2;
    const order = [...reads.keys()].sort((a, b) => reads[b] * isRead[b] - reads[a] * isRead[a]);
    const kept = new Set(order.slice(0, count));
    layer.setWeights([
      tf.tensor(
        values.map((value, k) => (kept.has(k % units) ? value : 0)),
        kernel.shape,
      ),
      tf.tensor1d(bias.dataSync().map((value, k) => (kept.has(k) ? value : 0))),
    ]);
  }
  const { model: small } = await shrink(model);
  model.dispose();
  return small;
}
