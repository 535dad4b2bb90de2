/** Times of predictions of one net by all contenders, interleaved in one program: in Node and in a page. */
import { median } from './median.mjs';

/**
 * @param net From prepare(): name, input shape.
 * @param batch Examples predicted at once.
 * @param contenders By name, as in contenders.mjs.
 * @param environment load(entry) → the bundle's module, read(file) → bytes, base: where the bundles' other files are, clock() → milliseconds.
 * @param options rounds, and milliseconds of one round and contender.
 * @returns By name { microseconds, samples, difference } or { error }.
 */
export async function measureNet(net, batch, contenders, environment, options) {
  const results = {};
  const runs = {};
  const floats = async (file) => new Float32Array((await environment.read(file)).slice().buffer);
  const [x, expected] = [await floats(`${net.name}.${batch}.x`), await floats(`${net.name}.${batch}.y`)];
  for (const [name, contender] of Object.entries(contenders)) {
    try {
      const { shape, input } = arrange(x, [batch, ...net.input], contender.channelsFirst);
      const { open = 'open', entry, format } = contender;
      const { read, base } = environment;
      const run = await (await environment.load(entry))[open]({ read, base, net: net.name, format, shape });
      const output = await run(input);
      const difference = relativeDifference(output, expected);
      results[name] = { difference };
      if (!(difference <= contender.tolerance)) {
        throw new Error(`expected outputs within ${contender.tolerance} of tfjs's, received ${difference}.`);
      }
      runs[name] = () => run(input);
    } catch (error) {
      results[name] = {
        ...results[name],
        error: String(error?.message ?? error)
          .split('\n')[0]
          .slice(0, 200),
      };
    }
  }
  const times = await interleaved(runs, environment.clock, options);
  for (const [name, samples] of Object.entries(times)) {
    Object.assign(results[name], {
      microseconds: median(samples),
      fastest: Math.min(...samples),
      samples: samples.length,
    });
  }
  return results;
}

/** The largest difference, relative to the largest expected value; Infinity where the lengths differ. */
export function relativeDifference(received, expected) {
  if (received.length !== expected.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]));
    // NaN stays.
    if (!(Math.abs(received[i] - expected[i]) <= difference)) difference = Math.abs(received[i] - expected[i]);
  }
  return difference / largest;
}

/** Images with their channels first for those who want them so; the time for that is not counted. */
function arrange(x, shape, channelsFirst) {
  if (!channelsFirst || shape.length < 4) return { shape, input: x };
  const [batch, height, width, channels] = shape;
  const pixels = height * width;
  const input = Float32Array.from({ length: x.length }, (_, i) => {
    const image = Math.floor(i / (channels * pixels));
    const channel = Math.floor(i / pixels) % channels;
    return x[(image * pixels + (i % pixels)) * channels + channel];
  });
  return { shape: [batch, channels, height, width], input };
}

/** Microseconds a call: in every round each runs as often as fills `ms`, so all of them meet the same noise. */
async function interleaved(runs, clock, { rounds, ms, warmUp }) {
  const counts = {};
  const times = {};
  for (const [name, run] of Object.entries(runs)) {
    // Engines compile again what runs often.
    await timeOf(run, clock, await callsIn(run, clock, warmUp));
    counts[name] = await callsIn(run, clock, ms);
    times[name] = [];
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(runs)) {
      times[name].push((1000 * (await timeOf(run, clock, counts[name]))) / counts[name]);
    }
  }
  return times;
}

async function callsIn(run, clock, ms) {
  let count = 1;
  for (;;) {
    const time = await timeOf(run, clock, count);
    if (time > ms / 4) return Math.max(1, Math.round((count * ms) / time));
    count *= 2;
  }
}

async function timeOf(run, clock, count) {
  const start = clock();
  for (let i = 0; i < count; i++) {
    const result = run();
    // Awaiting what is there already would cost more than a small net.
    if (result instanceof Promise) await result;
  }
  return clock() - start;
}
