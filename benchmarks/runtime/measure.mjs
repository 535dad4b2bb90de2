/**
 * Times of predictions of one net by all contenders, interleaved in one program: in Node
 * and in a page.
 */
import { median } from '../tools/median.mjs';

/**
 * @param net From prepare(): name, input shape.
 * @param batch Examples predicted at once.
 * @param contenders By name, as in contenders.mjs.
 * @param environment load(entry) → the bundle's module, read(file) → bytes, base: where
 *   the bundles' other files are, clock() → milliseconds of each of its clocks by name.
 * @param options rounds, and milliseconds of one round and contender.
 * @returns By name { difference, microseconds, fastest: by clock } or { error }.
 */
export async function measureNet(net, batch, contenders, environment, options) {
  const results = {};
  const runs = {};
  const floats = async (file) => new Float32Array((await environment.read(file)).slice().buffer);
  const [x, expected] = [await floats(`${net.name}.${batch}.x`), await floats(`${net.name}.${batch}.y`)];
  for (const [name, contender] of Object.entries(contenders)) {
    try {
      const { open = 'open', entry, format, isRounded } = contender;
      const { inputs, shape } = arrange(x, [batch, ...net.input], contender.channelsFirst);
      const { read, base } = environment;
      const run = await (await environment.load(entry))[open]({ read, base, net: net.name, format, shape });
      const difference = await differenceOf(run, inputs, expected);
      results[name] = { difference };
      checkDifference(difference, isRounded);
      let call = 0;
      runs[name] = () => run(inputs[call++ % inputs.length]);
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
    const byClock = (pick) =>
      Object.fromEntries(Object.keys(samples[0]).map((clock) => [clock, pick(samples.map((each) => each[clock]))]));
    Object.assign(results[name], { microseconds: byClock(median), fastest: byClock((all) => Math.min(...all)) });
  }
  return results;
}

/**
 * So many inputs take turns, so that no processor learns by heart which values are 0 in a
 * net.
 */
export function inputsOf(batch) {
  return batch === 1 ? 8 : 2;
}

/**
 * The largest difference, relative to the largest value, and the one in the root mean
 * square, relative to that of the values.
 */
async function differenceOf(run, inputs, expected) {
  const length = expected.length / inputs.length;
  const sums = { difference: 0, values: 0 };
  let [difference, largest] = [0, 0];
  for (const [i, input] of inputs.entries()) {
    const output = await run(input);
    if (output.length !== length) throw new Error(`expected ${length} values, received ${output.length}.`);
    for (let j = 0; j < length; j++) {
      const value = expected[i * length + j];
      const apart = Math.abs(output[j] - value);
      largest = Math.max(largest, Math.abs(value));
      // NaN stays.
      if (!(apart <= difference)) difference = apart;
      sums.difference += apart ** 2;
      sums.values += value ** 2;
    }
  }
  return { largest: difference / largest, mean: Math.sqrt(sums.difference / sums.values) };
}

/** Of 8 bits only a rough check: outputs of another net would be 1.4 apart. */
function checkDifference({ largest, mean }, isRounded) {
  const [kind, received, limit] = isRounded ? ['mean', mean, 0.5] : ['largest', largest, 1e-4];
  if (received <= limit) return;
  throw new Error(`expected outputs within ${limit} of tfjs's (${kind} difference), received ${received}.`);
}

/**
 * Inputs one by one, images with their channels first for those who want them so; the
 * time for that is not counted.
 */
function arrange(x, [batch, ...rest], channelsFirst) {
  const count = inputsOf(batch);
  const length = x.length / count;
  const inputs = Array.from({ length: count }, (_, i) => x.slice(i * length, (i + 1) * length));
  if (!channelsFirst || rest.length < 3) return { inputs, shape: [batch, ...rest] };
  const [height, width, channels] = rest;
  return {
    inputs: inputs.map((input) => toChannelsFirst(input, height * width, channels)),
    shape: [batch, channels, height, width],
  };
}

function toChannelsFirst(x, pixels, channels) {
  return Float32Array.from(x, (_, i) => {
    const image = Math.floor(i / (channels * pixels));
    const channel = Math.floor(i / pixels) % channels;
    return x[(image * pixels + (i % pixels)) * channels + channel];
  });
}

/**
 * Microseconds a call by clock: in every round each runs as often as fills `ms` of the
 * first clock, so all of them meet the same noise.
 */
async function interleaved(runs, clock, { rounds, ms, warmUp }) {
  const counts = {};
  const times = {};
  for (const [name, run] of Object.entries(runs)) {
    // Engines compile again what runs often.
    await timesOf(run, clock, await callsIn(run, clock, warmUp));
    counts[name] = await callsIn(run, clock, ms);
    times[name] = [];
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(runs)) times[name].push(await timesOf(run, clock, counts[name]));
  }
  return times;
}

async function callsIn(run, clock, ms) {
  let count = 1;
  for (;;) {
    const [microseconds] = Object.values(await timesOf(run, clock, count));
    const time = (count * microseconds) / 1000;
    if (time > ms / 4) return Math.max(1, Math.round((count * ms) / time));
    count *= 2;
  }
}

async function timesOf(run, clock, count) {
  const start = await clock();
  for (let i = 0; i < count; i++) {
    const result = run();
    // Awaiting what is there already would cost more than a small net.
    if (result instanceof Promise) await result;
  }
  const end = await clock();
  return Object.fromEntries(Object.keys(start).map((name) => [name, (1000 * (end[name] - start[name])) / count]));
}
