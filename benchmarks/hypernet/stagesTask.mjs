/** One network on one backend: stagesTask.mjs NETWORK TRUNK ROUNDS; prints JSON. */
import * as tf from '@tensorflow/tfjs';
import { modelFolder, startBackend } from '@tfjs-compress/example-tools';
import { stageTimes } from './stageTimes.mjs';

const [kind, trunkFolder, rounds] = process.argv.slice(2);
await startBackend();
const samples = await stageTimes(
  kind,
  () => tf.loadLayersModel(modelFolder(trunkFolder)),
  Number(rounds),
  () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
);
console.log(JSON.stringify({ samples, peakMemoryMB: Math.round(process.resourceUsage().maxRSS / 1024) }));
