import { io, type Tensor, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { loadModel } from '@tfjs-compress/runtime';
import type { Artifacts, FromWorker, RunRecord, ToWorker } from '../messages.js';
import { keepRun } from '../store.js';
import { startBackend } from './backend.js';
import { Control } from './Control.js';
import { loadDigits, loadTest, pixels } from './digits.js';
import { Estimate } from './Estimate.js';
import { batchesPerEpoch, totalEpochs } from './plan.js';
import { newRecord, run } from './run.js';
import { accuracyOf, asTensor, predict } from './snapshot.js';

/** At most so often the page is told how far the training is. */
const progressMs = 200;

const control = new Control();
let float: LayersModel | undefined;
let isTraining = false;

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  answer(data).catch((error: unknown) => {
    say({ type: 'failed', message: error instanceof Error ? error.message : String(error) });
  });
};

async function answer(message: ToWorker): Promise<void> {
  if (message.type === 'start') {
    // One run at a time, in all tabs: each would replace what the other keeps.
    await alone(async () => {
      isTraining = true;
      await startRun(message);
      isTraining = false;
    });
  } else if (message.type === 'load') {
    await startBackend(message.backend);
    await useFloat(message.float);
  } else if (message.type === 'predict') await answerWith(message);
  else control[message.type]();
}

async function alone(action: () => Promise<void>): Promise<void> {
  // Only on secure pages, in browsers of 2022 or later.
  if (!navigator.locks) return await action();
  await navigator.locks.request('tfjs-compress-live', { ifAvailable: true }, async (lock) => {
    if (!lock) throw new Error('The training runs in another tab of this browser. Stop it there first.');
    await action();
  });
}

async function startRun({ plan, backend: wanted, record }: Extract<ToWorker, { type: 'start' }>): Promise<void> {
  const backend = await startBackend(record?.backend ?? wanted);
  say({ type: 'started', backend });
  if (record?.float) await useFloat(record.float);
  const start = record ? { ...record, backend } : newRecord(plan, backend);
  const digits = await loadDigits();
  const perEpoch = batchesPerEpoch(start.plan);
  const steps = perEpoch * totalEpochs(start.plan);
  const estimate = new Estimate(steps, control);
  let told = 0;
  let isRefused = false;

  const last = await run(start, digits, control, {
    onStep({ name }, done) {
      estimate.step(done);
      if (performance.now() - told < progressMs) return;
      told = performance.now();
      say({ type: 'progress', stage: name, fraction: done / steps, secondsLeft: estimate.secondsLeft });
    },
    async onEpoch(kept) {
      const { points, kernels, file } = kept;
      say({ type: 'epoch', points, kernels, file });
      isRefused ||= !(await keep(kept));
    },
    onFloat: useFloat,
  });
  if (control.signal.aborted) {
    say({ type: 'stopped' });
    return;
  }
  const test = await testBoth(last);
  if (!isRefused) await keep({ ...last, test });
  say({ type: 'done', test, seconds: last.seconds });
}

/** False, once, where storage is refused or full: the run goes on all the same. */
async function keep(record: RunRecord): Promise<boolean> {
  try {
    await keepRun(record);
    return true;
  } catch (error) {
    say({ type: 'notKept', message: (error as Error)?.message || 'storage is refused' });
    return false;
  }
}

/**
 * The network in tfjs before anything was pruned, and the file as it is, in the runtime.
 */
async function testBoth({ file }: RunRecord) {
  const test = await loadTest();
  const small = await loadModel(file);
  const likeliest = (images: Float32Array) => {
    const probabilities = small.predict(images) as Float32Array;
    return Array.from({ length: images.length / pixels }, (_, i) => {
      const ten = probabilities.subarray(10 * i, 10 * i + 10);
      return ten.indexOf(Math.max(...ten));
    });
  };
  const result = {
    float: await accuracyOf((images) => predict(float!, images), test),
    small: await accuracyOf(likeliest, test),
    count: test.count,
  };
  small.dispose();
  return result;
}

async function useFloat(artifacts: Artifacts): Promise<void> {
  float?.dispose();
  float = await loadLayersModel(io.fromMemory(artifacts));
  say({ type: 'canAnswer' });
}

/**
 * What the float model says of one image; `measure` asks how long that takes, which is
 * not told while it trains.
 */
async function answerWith({ image, measure }: Extract<ToWorker, { type: 'predict' }>): Promise<void> {
  if (!float) return;
  const probabilities = await probabilitiesOf(image);
  const isQuiet = !isTraining;
  say({ type: 'answer', probabilities, ms: measure && isQuiet ? await timeOf(image) : null });
}

async function probabilitiesOf(image: Float32Array): Promise<Float32Array> {
  const output = tidy(() => float!.predict(asTensor(image)) as Tensor);
  const probabilities = Float32Array.from(await output.data());
  output.dispose();
  return probabilities;
}

/**
 * Milliseconds of one prediction, the median of some groups that are long enough for a
 * coarse clock.
 */
async function timeOf(image: Float32Array): Promise<number> {
  const times: number[] = [];
  for (let group = 0; group < 5; group++) {
    const start = performance.now();
    let runs = 0;
    for (; performance.now() - start < 20; runs++) await probabilitiesOf(image);
    times.push((performance.now() - start) / runs);
  }
  return times.sort((a, b) => a - b)[2];
}

function say(message: FromWorker): void {
  postMessage(message);
}
