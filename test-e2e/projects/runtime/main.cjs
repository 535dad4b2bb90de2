const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { loadModel } = require('@tfjs-compress/runtime');

loadModel(readFileSync(join(__dirname, 'model.tfz'))).then((model) => {
  const size = model.inputs[0].shape.reduce((product, n) => product * (n ?? 1), 1);
  console.log(JSON.stringify([...model.predict(Float32Array.from({ length: 2 * size }, (_, i) => Math.sin(i)))]));
});
