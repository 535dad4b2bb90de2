/**
 * node coldTask.cjs [JSON]: loads a program's bundle and a net, predicts once and prints
 * the processor time of the process in milliseconds. Without an argument: node's own.
 * CommonJS, because it starts in the least time.
 */
const { readFileSync } = require('node:fs');

async function main(given) {
  if (given) {
    const { bundle, folders, net, format } = JSON.parse(given);
    const { open } = require(bundle);
    const read = async (file) => new Uint8Array(readFileSync(`${folders.nets}/${file}`));
    const shape = [1, ...net.input];
    const predict = await open({ read, base: `${folders.bundles}/`, net: net.name, format, shape });
    await predict(new Float32Array(net.input.reduce((a, b) => a * b, 1)).fill(0.5));
  }
  const { user, system } = process.cpuUsage();
  console.log(`\n${(user + system) / 1000}`);
  process.exit();
}

main(process.argv[2]);
