import * as tf from '@tensorflow/tfjs';

/**
 * Functions through which a read passes: whoever called the outermost of them asked for
 * it.
 */
const passing = /^(readSync|dataSync|arraySync|bufferSync|bytesSync|toString|print|tensorToString)$/;

/**
 * Records every synchronous read on the backend in use until stop(). On WebGPU such reads
 * give zeros or lose the device.
 *
 * stop() returns the different ones: `by` says whose code asked for the values
 * ('compress' or 'page', which are ours, or 'tfjs', which reads by itself), `name` is the
 * function that did, `stack` begins with it.
 */
export function recordSyncReads() {
  Error.stackTraceLimit = 60;
  const backend = tf.backend();
  const { readSync } = backend;
  const reads = new Map();
  backend.readSync = function (dataId) {
    const lines = new Error().stack.split('\n').slice(2).map(frameOf);
    const stack = lines.slice(lines.findIndex(({ name }) => !passing.test(name.split('.').pop())));
    reads.set(JSON.stringify(stack[0]), stack);
    return readSync.call(this, dataId);
  };
  return {
    stop() {
      backend.readSync = readSync;
      return [...reads.values()].map((stack) => ({ by: stack[0].by, name: stack[0].name, stack: describe(stack) }));
    },
  };
}

function frameOf(line) {
  const frame = /at (?:async )?(?:(?<name>.*?)(?: \[as .*\])? \()?(?<place>[^()]*)\)?$/.exec(line.trim())?.groups;
  const place = frame?.place.split('/').pop() ?? line;
  const by = ['compress', 'tfjs'].find((chunk) => place.startsWith(`${chunk}-`)) ?? 'page';
  return { by, name: frame?.name ?? 'anonymous', place };
}

function describe(stack) {
  const ours = stack.filter(({ by }) => by !== 'tfjs').slice(0, 5);
  return (ours.length > 0 ? ours : stack.slice(0, 5)).map(({ name, place }) => `${name} (${place})`).join(' < ');
}
