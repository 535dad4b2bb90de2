import { inverseDecay } from '@tfjs-compress/math';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';
import { ablations } from './ablations.mjs';
import { denseLenet5, denseLenet300100, denseTfmot, halfMild, mild, strong, taught } from './denseNets.mjs';
import { inqResNet20, smallResNet20 } from './resnet20.mjs';
import { searchedLenet5 } from './searched.mjs';
import { smallFile, smallGraphFile } from './smallFile.mjs';
import { compressedOnce, smaller } from './steps.mjs';
import { batchesOf } from './training.mjs';

/**
 * Each row: what is to be reached, about how many seconds of processor time a seed takes,
 * and run(context), which gives { dense, results }: the stage of the dense net and those
 * that the row is about, by name, beside others. Their test errors are read once, after
 * that.
 */
export const rows = {
  'lenet-300-100': {
    goal: { times: 114, error: 0.0218 },
    paper: 'OLMP: 113.5 ×, 2.18%',
    budget: 300,
    async run(context) {
      const dense = await denseLenet300100(context);
      const done = await prunedLenet300100(context, dense);
      return { dense, units: done.units, pruned1: done.pruned1, results: { pruned: done.pruned2 } };
    },
  },
  'lenet-300-100-file': {
    goal: { bytes: 4000, error: 0.019 },
    paper: 'EPR: 8,560 bytes, 1.9%',
    budget: 280,
    file: smallFile,
    async run(context) {
      const dense = await denseLenet300100(context);
      const units = (await prunedLenet300100(context, dense, 0)).units;
      const solver = { batchSize: 128, rate: 0.05, weightDecay: 5e-4, settledWeightDecay: 1e-5 };
      const fine = { ...solver, rate: 0.02, epochs: 33, lowest: 0.0005, period: 3, weightDecay: 1e-5 };
      const { pruned1, inq } = await smaller(taught(context, dense, halfMild), units, 'lenet-300-100-file', {
        prune: [
          {
            augment: halfMild,
            left: { ip1: 4400, ip2: 1000, ip3: 260 },
            solver: { ...solver, epochs: 50, steady: 0.5 },
          },
        ],
        quantize: { bits: 4, solver: fine },
      });
      return { dense, units, pruned1, results: { quantized: inq } };
    },
  },
  'lenet-5-dns': {
    goal: { times: 108, error: 0.0091 },
    paper: 'DNS: 108 ×, .91%',
    budget: 1070,
    areVariants: true,
    run: dns,
  },
  'lenet-5-file': {
    goal: { bytes: 2200, error: 0.01 },
    paper: 'Bayesian compression: 2.2 KB, 1.0%; EPR: 2.8 KB, .9 to 1.0%',
    budget: 750,
    file: smallFile,
    async run(context) {
      const dense = await denseLenet5(context);
      const { units, pruned1 } = await smallLenet5(context, dense, 1);
      const inq = await quantizedLenet5(context, dense, pruned1, 'lenet-5-file', 0.2);
      return { dense, units, pruned1, results: { quantized: inq } };
    },
  },
  'lenet-5-smallest': {
    goal: { bytes: 1520, error: 0.0096 },
    paper: 'MIRACLE: 1,554 bytes, .96%',
    budget: 1310,
    areVariants: true,
    file: smallFile,
    async run(context) {
      const dense = await denseLenet5(context);
      const { units, pruned1, pruned2, pruned3 } = await smallLenet5(context, dense, 3);
      const inq = await quantizedLenet5(context, dense, pruned2, 'lenet-5-smallest', 0.12);
      return { dense, units, pruned1, pruned2, results: { pruned: pruned3, quantized: inq } };
    },
  },
  'lenet-5-searched': {
    goal: { times: 300, error: 0.0091 },
    paper: 'OLMP: 298 ×, .91%',
    budget: 5100,
    areVariants: true,
    file: smallFile,
    run: (context) =>
      searchedLenet5(context, (dense) => prunedLenet5(context, dense, 'lenet-5', []).then(({ units }) => units)),
  },
  'inq-lenet-5': {
    goal: { lost: { 5: 0, 4: 0, 3: 0.001, 2: 0.003 } },
    paper: 'INQ, ResNet-18: 5 bits .71 points better than float, 4 bits .62 better, 3 bits .19 lost, 2 bits 2.25 lost',
    budget: 530,
    areVariants: true,
    async run(context) {
      const dense = await denseLenet5(context);
      const results = {};
      for (const bits of [2, 3, 4, 5]) results[bits] = await inqLenet5(context, dense, bits);
      return { dense, results };
    },
  },
  'resnet-20-small': {
    goal: { bytes: 30_000, error: 0.086, sparse: { share: 0.8, lost: 0.003 } },
    paper: 'Distiller: 69.1% sparse, .35 points lost; no file is published',
    budget: 1230,
    dataset: 'cifar10',
    file: smallGraphFile,
    run: (context) => smallResNet20(context, 'resnet-20-small'),
  },
  'inq-resnet-20': {
    goal: { lost: { 5: 0, 4: 0, 3: 0.005, 2: 0.025 } },
    paper: 'APoT: 92.45, 92.49 and 90.96% at 4, 3 and 2 bits, float 92.96%',
    budget: 2150,
    areVariants: true,
    dataset: 'cifar10',
    run: inqResNet20,
  },
  ablations: {
    goal: {},
    paper: 'INQ, ResNet-18 in 5 bits: magnitude 31.02% top-1 error, random 32.11%',
    budget: 220,
    areVariants: true,
    run: ablations,
  },
  tfmot: {
    goal: { times: 10 },
    paper: 'tfmot, its example: 10 × smaller at about equal accuracy',
    budget: 60,
    file: smallFile,
    async run(context) {
      const dense = await denseTfmot(context);
      const solver = {
        epochs: 8,
        images: 27_500,
        batchSize: 128,
        rate: 0.05,
        steady: 0.6,
        weightDecay: 1e-4,
        settledWeightDecay: 1e-5,
      };
      const source = () => context.hard();
      const { pruned1, inq } = await smaller({ ...context, source }, dense, 'tfmot', {
        prune: [{ left: { conv: 90, dense: 3200 }, solver }],
        quantize: {
          bits: 4,
          steps: [0.3, 0.5, 0.7, 0.85, 0.95, 1],
          solver: {
            epochs: 5,
            images: 27_500,
            batchSize: 128,
            rate: 0.04,
            lowest: 0.002,
            period: 1,
            weightDecay: 1e-5,
          },
        },
      });
      return { dense, pruned1, results: { quantized: inq } };
    },
  },
};

/** Weights of each kernel after each surgery. */
const lenet5Left = {
  first: { conv1: 150, conv2: 1050, ip1: 1150, ip2: 280 },
  second: { conv1: 110, conv2: 700, ip1: 760, ip2: 180 },
  third: { conv1: 95, conv2: 580, ip1: 600, ip2: 145 },
};

/** The units come first, because all that follows is cheaper then. */
function prunedLenet300100(context, dense, surgeries = 2) {
  const solver = { batchSize: 128, rate: 0.05, weightDecay: 5e-4, settledWeightDecay: 1e-5 };
  return smaller(taught(context, dense), dense, 'lenet-300-100', {
    units: { counts: { ip1: 100, ip2: 50 }, solver: { ...solver, epochs: 6 } },
    prune: [
      { left: { ip1: 3800, ip2: 850, ip3: 220 }, solver: { ...solver, epochs: 50, steady: 0.6 } },
      { left: { ip1: 1650, ip2: 420, ip3: 150 }, solver: { ...solver, rate: 0.02, epochs: 50, steady: 0.3 } },
    ].slice(0, surgeries),
  });
}

/**
 * The published settings of DNS: thresholds at mean + c · deviation of the magnitudes of
 * kernel and bias, masks that change with probability (1 + 1e-4 · step)^-1 until step
 * 14,000 of 16,000, the solver of Caffe's LeNet; images as they are.
 */
async function dns(context) {
  const { stages, seed, part, train, hard } = context;
  const dense = await denseLenet5(context);
  const surgery = {
    overrides: { conv1: { rate: 2 }, conv2: { rate: 3 }, ip1: { rate: 4 }, ip2: { rate: 2.5 } },
    pruneBias: true,
  };
  // 16,000 steps.
  const solver = { epochs: 16, images: 64_000, batchSize: 64, weightDecay: 5e-4 };
  const endStep = 14 * batchesOf(solver, part);
  const result = await stages.run('lenet-5-dns', dense, { solver, surgery }, async (model) => {
    const rate = inverseDecay({ initialValue: 0.01, gamma: 1e-4, power: 0.75 });
    const callback = new SurgeryCallback({ ...surgery, endStep, seed, verbose: 0 });
    return { model, history: await train(model, hard(), { ...solver, rate }, [callback], 'LeNet-5, DNS') };
  });
  // As many as DNS left, from the net with fewer units, with what the dense net says.
  const { units, pruned1 } = await prunedLenet5(context, dense, 'lenet-5-108', [
    {
      left: { conv1: 160, conv2: 1500, ip1: 1900, ip2: 330 },
      changes: 3,
      solver: { ...lenet5Solver, epochs: 40, steady: 0.3 },
    },
  ]);
  return { dense, units, results: { published: result, taught: pruned1 } };
}

const lenet5Solver = { batchSize: 128, rate: 0.02, weightDecay: 1e-4, settledWeightDecay: 1e-5 };

/** Rows share the first surgeries. */
function smallLenet5(context, dense, surgeries) {
  // What has few weights left learns better at a lower rate (LeNet-300-100).
  const slower = { ...lenet5Solver, epochs: 40, rate: 0.01, steady: 0.3 };
  const { first, second, third } = lenet5Left;
  const prune = [
    { left: first, solver: { ...lenet5Solver, epochs: 40, steady: 0.5 } },
    { left: second, solver: slower },
    { left: third, changes: 3, solver: slower },
  ];
  return prunedLenet5(context, dense, 'lenet-5', prune.slice(0, surgeries));
}

/** INQ with rate-aware rounding. */
async function quantizedLenet5(context, dense, from, name, saveBits) {
  const solver = { epochs: 20, batchSize: 128, rate: 0.02, lowest: 0.001, period: 2, weightDecay: 1e-5 };
  const { inq } = await smaller(taught(context, dense, mild), from, name, { quantize: { bits: 4, saveBits, solver } });
  return inq;
}

/** Fewer units, then surgery as often as `prune` says. */
async function prunedLenet5(context, dense, name, prune) {
  const from = taught(context, dense, mild);
  const { units } = await smaller(from, dense, 'lenet-5', {
    units: { counts: { conv1: 7, conv2: 16, ip1: 50 }, solver: { ...lenet5Solver, epochs: 10, rate: 0.03 } },
  });
  return { units, ...(await smaller(from, units, name, { prune })) };
}

/**
 * compressOnce() puts all weights on levels, by what training images make of them. Then
 * the steps of INQ train on from there: epochs of half the images, one after each step
 * and two more, of biases alone.
 */
function inqLenet5({ stages, seed, train, data, hard }, dense, bits) {
  const steps = [0.5, 0.75, 0.875, 0.95, 1];
  const solver = {
    epochs: steps.length + 1,
    images: 27_500,
    batchSize: 128,
    rate: 0.01,
    lowest: 0.0005,
    period: 1,
    weightDecay: 1e-4,
  };
  const examples = 2000;
  return stages.run(`lenet-5-inq${bits}`, dense, { solver, bits, steps, examples }, async (model) => {
    const once = await compressedOnce(model, data.train, examples, { bits });
    const inq = new INQScheduler({ bits, steps, epochsPerStep: 1, seed, verbose: 0 });
    const history = await train(once, hard(strong), solver, [inq], `LeNet-5, INQ in ${bits} bits`);
    return { model: once, history };
  });
}
