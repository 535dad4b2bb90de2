import * as tf from '@tensorflow/tfjs';
import { compressed } from '@tfjs-compress/format/decode';
import { showReport } from 'tfjs-compress/report';

// For tfjs-vis, which as a script looks for it there.
window.tf = tf;

/**
 * Loads model.tfz with the decoder alone; returns what it predicts for `inputs` of
 * `shape`, and its weights.
 */
window.load = async (backend, inputs, shape) => {
  const hasStarted = await tf.setBackend(backend);
  const model = await tf.loadLayersModel(compressed('model.tfz'));
  const outputs = model.predict(tf.tensor(inputs, shape));
  const weights = model.getWeights().map((weight) => Array.from(weight.dataSync()));
  return { backend: hasStarted && tf.getBackend(), outputs: Array.from(await outputs.data()), weights };
};

/**
 * Shows the figures as surfaces of tfjs-vis, twice; returns their names, each with the
 * figures in it.
 */
window.showFigures = async (history) => {
  await tf.setBackend('cpu');
  const model = await tf.loadLayersModel(compressed('model.tfz'));
  const visor = window.tfvis.visor();
  for (let i = 0; i < 2; i++) await showReport(model, visor, { history });
  return [...visor.surfaceList.values()].map(({ name, tab }) => {
    const { drawArea } = visor.surface({ name, tab });
    return { name, tab, figures: drawArea.querySelectorAll('svg[role=img]').length };
  });
};
