import { io, train } from '@tensorflow/tfjs-core';
import { CustomCallback, type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { INQScheduler, SurgeryCallback } from 'tfjs-compress';
import type { Artifacts, BackendName, RunRecord } from '../messages.js';
import { batches } from './batches.js';
import type { Control } from './Control.js';
import type { Digits } from './digits.js';
import { network } from './network.js';
import { batchesPerEpoch, type Plan, type Stage } from './plan.js';
import { artifactsOf, type Snapshot, snapshot } from './snapshot.js';

/** What a run tells while it goes on. */
export interface Listener {
  /** @param done Steps of the run so far. */
  onStep(stage: Stage, done: number): void;
  /** The record is whole: the run can go on from it. */
  onEpoch(record: RunRecord): Promise<void>;
  /** The network is trained, nothing is pruned yet. */
  onFloat(float: Artifacts): Promise<void>;
}

export function newRecord(plan: Plan, backend: BackendName): Omit<RunRecord, 'model'> & { model: Artifacts | null } {
  const common = { version: 1 as const, plan, backend, seed: 1, stage: 0, epoch: 0, seconds: 0 };
  return { ...common, points: [], model: null, float: null, file: new Uint8Array(), kernels: [], test: null };
}

/**
 * Trains, prunes and rounds, from where the record stands to the end or until `control`
 * says stop; returns the last record. The training of each stage is one fitDataset with
 * at most one of the callbacks: all that there is to do in a program of one's own.
 */
export async function run(
  start: ReturnType<typeof newRecord>,
  { training, validation }: { training: Digits; validation: Digits },
  control: Control,
  listener: Listener,
): Promise<RunRecord> {
  const { plan } = start;
  const perEpoch = batchesPerEpoch(plan);
  let record = start;
  let model = start.model ? await loadLayersModel(io.fromMemory(start.model)) : network();
  const began = performance.now() - 1000 * start.seconds;

  for (let index = start.stage; index < plan.stages.length && !control.signal.aborted; index++) {
    const stage = plan.stages[index];
    const stepsBefore = perEpoch * plan.stages.slice(0, index).reduce((sum, { epochs }) => sum + epochs, 0);
    const initialEpoch = index === start.stage ? start.epoch : 0;
    if (initialEpoch === 0) {
      // tfjs keeps the old optimizer's weights with the model: a new one begins anew.
      model = await copyOf(model);
      const optimizer = train.adam(stage.learningRate);
      model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    }
    let latest: Snapshot | undefined;
    const keep = async (at: { stage: number; epoch: number }) => {
      const { point, kernels, file } = latest!;
      const seconds = (performance.now() - began - control.pausedMs) / 1000;
      const points = [...record.points, point];
      record = { ...record, ...at, seconds, points, kernels, file, model: await artifactsOf(model, true) };
      await listener.onEpoch(record as RunRecord);
    };
    const hooks = new CustomCallback(
      {
        onEpochBegin: async (epoch) => stepper.beginEpoch(epoch),
        onBatchBegin: async () => {
          await control.turn();
          listener.onStep(stage, stepsBefore + stepper.step());
        },
        onBatchEnd: async () => {
          if (control.signal.aborted) model.stopTraining = true;
        },
        onEpochEnd: async (epoch) => {
          if (control.signal.aborted) return;
          latest = await snapshot(model, stage.name, validation);
          // The callbacks have more to do at the end of the stage; then it is kept.
          if (epoch + 1 < stage.epochs) await keep({ stage: index, epoch: epoch + 1 });
        },
      },
      'never',
    );
    const stepper = makeStepper(model, stage, perEpoch);
    await model.fitDataset(batches(training, plan, start.seed + index, initialEpoch) as never, {
      epochs: stage.epochs,
      initialEpoch,
      verbose: 0,
      // A worker that yields for a frame gets none in the background; `control` yields.
      yieldEvery: 'never',
      callbacks: [...compression(stage, plan, control.signal), hooks],
    });
    if (control.signal.aborted) break;
    if (stage.name === 'train') {
      record = { ...record, float: await artifactsOf(model) };
      await listener.onFloat(record.float!);
    }
    await keep({ stage: index + 1, epoch: 0 });
  }
  dispose(model);
  return record as RunRecord;
}

/** The optimizer is ours, and not disposed of with the model. */
function dispose(model: LayersModel): void {
  (model.optimizer as LayersModel['optimizer'] | undefined)?.dispose();
  model.dispose();
}

/** The one line of each stage. */
function compression({ name, epochs }: Stage, plan: Plan, signal: AbortSignal) {
  const { sparsity, fixMasksAt, steps, bits } = plan;
  const common = { signal, whenStopped: 'keep', verbose: 0 } as const;
  const overrides = Object.fromEntries(
    Object.entries(sparsity).map(([layer, targetSparsity]) => [layer, { targetSparsity }]),
  );
  if (name === 'prune') {
    const endStep = Math.round(fixMasksAt * epochs * batchesPerEpoch(plan));
    return [new SurgeryCallback({ ...common, targetSparsity: 0.9, overrides, endStep })];
  }
  if (name === 'round') return [new INQScheduler({ ...common, bits, steps })];
  return [];
}

/** Counts the steps of a stage, and lets the learning rate fall along a cosine. */
function makeStepper(model: LayersModel, stage: Stage, perEpoch: number) {
  let done = 0;
  return {
    beginEpoch(epoch: number) {
      done = epoch * perEpoch;
    },
    step(): number {
      const cosine = (1 + Math.cos((Math.PI * done) / (stage.epochs * perEpoch))) / 2;
      (model.optimizer as unknown as { learningRate: number }).learningRate =
        stage.learningRate * (0.02 + 0.98 * cosine);
      return ++done;
    },
  };
}

async function copyOf(model: LayersModel): Promise<LayersModel> {
  const artifacts = await artifactsOf(model);
  dispose(model);
  return await loadLayersModel(io.fromMemory(artifacts));
}
