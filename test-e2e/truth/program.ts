/**
 * Runs the named cases, the first of which is the process's first fit, and prints what
 * was not as it should be, as JSON.
 */
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { type Api, freshCases, nameOf, runCase } from '@tfjs-compress/testing/truth';
import { registerTrainingKernels } from '@tfjs-compress/wasm-training';
import * as compress from 'tfjs-compress';

const [backend, ...names] = process.argv.slice(2);
await tf.setBackend(backend);
await tf.ready();
if (backend === 'wasm') registerTrainingKernels();
const findings: string[] = [];
for (const name of names) {
  const found = freshCases.find((each) => nameOf(each) === name);
  if (!found) throw new Error(`No case is called ${name}`);
  try {
    findings.push(...(await runCase(found, compress as unknown as Api)));
  } catch (error) {
    findings.push((error as Error).message);
  }
}
console.log(JSON.stringify(findings));
