import * as tf from '@tensorflow/tfjs';
import { random } from '@tfjs-compress/math/internal';

/**
 * A chain of layers with more units, all of whose weights are 0, at places drawn at
 * random: what its file would be if nobody had taken them out. The order of the others
 * stays, and so does what the net says.
 *
 * @param counts How many units of each layer, by its name; the last layer keeps its own.
 */
export function withUnits(model, counts) {
  const layers = [];
  const weights = [];
  let sources;
  for (const layer of model.layers.filter((each) => each.getClassName() !== 'InputLayer')) {
    const config = layer.getConfig();
    const { weights: given } = layer;
    if (given.length > 0) {
      const [kernel, bias] = given.map((weight) => weight.read());
      const units = counts[layer.name] ?? bias.size;
      const places = drawn(bias.size, units, layers.length);
      const [inner, outer] = [kernel.shape.at(-2), kernel.shape.at(-1)];
      // Before a flatten, channels come last: each place of the image has all of them.
      const from = sources ?? { places: [...Array(inner).keys()], kept: inner, units: inner };
      const images = inner / from.kept;
      const [shape, values] = [[...kernel.shape.slice(0, -2), images * from.units, units], kernel.dataSync()];
      const spread = new Float32Array(tf.util.sizeFromShape(shape));
      for (let k = 0; k < values.length; k++) {
        const row = Math.floor(k / outer);
        const to = Math.floor(row / from.kept) * from.units + from.places[row % from.kept];
        spread[to * units + places[k % outer]] = values[k];
      }
      const biases = new Float32Array(units);
      for (const [k, value] of bias.dataSync().entries()) biases[places[k]] = value;
      weights.push(tf.tensor(spread, shape), tf.tensor1d(biases));
      sources = { places, kept: bias.size, units };
      if (config.units) config.units = units;
      else config.filters = units;
    }
    const Layer = layer.constructor;
    layers.push(new Layer({ ...config, ...(layers.length === 0 && { batchInputShape: model.inputs[0].shape }) }));
  }
  const wide = tf.sequential({ layers });
  wide.setWeights(weights);
  tf.dispose(weights);
  return wide;
}

/** `count` of the places 0 … units - 1, in their order. */
function drawn(count, units, seed) {
  const order = [...Array(units).keys()].sort((a, b) => random(7, seed, a) - random(7, seed, b));
  return order.slice(0, count).sort((a, b) => a - b);
}
