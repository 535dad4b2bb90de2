const tf = require('@tensorflow/tfjs');
const { INQScheduler } = require('tfjs-compress');

async function main() {
  const { checkQuantized, data, smallModel } = await import('../train/model.mjs');
  await tf.setBackend('cpu');
  const model = smallModel(tf);
  const { xs, ys } = data(tf);
  const history = await model.fit(xs, ys, {
    epochs: 8,
    verbose: 0,
    callbacks: [new INQScheduler({ steps: [0.5, 0.75, 0.875, 1] })],
  });
  console.log(JSON.stringify({ ...checkQuantized(model), loss: history.history.loss }));
}

main();
