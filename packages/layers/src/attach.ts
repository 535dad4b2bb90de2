import { io } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { CompressibleKernel } from './CompressibleKernel.js';
import { addCheckpoint, checkpointOf, readCheckpoint, restoreKernel, writeCheckpoint } from './checkpoint.js';
import { findSites, type Site } from './sites.js';

/** The kernel that stands before a weight: for good in our layers, for a while in stock ones. */
const kernelOf = new WeakMap<tfl.LayerVariable, CompressibleKernel>();
/** How many attachments hold a kernel. */
const holders = new Map<CompressibleKernel, number>();
/** Models that something is attached to, with what to save: by the name that attach() was given. */
const sessions = new Map<tfl.LayersModel, { progress: Map<string, () => object>; live: number; keep: boolean }>();

/** The kernel that stands before a weight now, if one does. */
export function kernelAt(site: Site): CompressibleKernel | undefined {
  return kernelOf.get(site.variable);
}

/** Installs the permanent kernel of a layer of ours. */
export function installKernel(site: Site, stateVariable: tfl.LayerVariable): CompressibleKernel {
  const kernel = new CompressibleKernel(site, stateVariable);
  kernelOf.set(site.variable, kernel);
  return kernel;
}

/** How many attachments hold the kernel now. */
export function holdersOf(kernel: CompressibleKernel): number {
  return holders.get(kernel) ?? 0;
}

export interface Attachment {
  /** One for each site, in the same order. */
  kernels: CompressibleKernel[];
  /**
   * Lets go. A stock layer that nobody else holds gets its variable back with the effective weights in it, and is a
   * stock layer again.
   *
   * @param keep Leave the checkpoint on the model, so that a later attachment goes on from here. Default false.
   */
  detach(keep?: boolean): void;
}

/** What progress() gave under a name when the model was last saved, or let go with keep; undefined on a fresh start. */
export function savedProgress(model: tfl.LayersModel, name: string): object | undefined {
  return readCheckpoint(model)?.progress[name];
}

/**
 * Puts kernels before weights of a built model, or takes those that stand there, and goes on from the checkpoint that
 * the model carries, if it does. While anything is attached, model.save writes the effective weights and the checkpoint.
 *
 * @param model The model that the user has and saves: for a Sequential the Sequential, not the model inside it.
 * @param name Under which progress is kept, one for each kind of callback.
 * @param progress Gives what savedProgress() is to find again; must be plain JSON.
 */
export function attach(model: tfl.LayersModel, sites: Site[], name: string, progress: () => object): Attachment {
  const checkpoint = readCheckpoint(model);
  const kernels = sites.map((site) => {
    const present = kernelAt(site);
    const kernel = present ?? new CompressibleKernel(site);
    kernelOf.set(site.variable, kernel);
    holders.set(kernel, holdersOf(kernel) + 1);
    const saved = checkpoint?.kernels[kernel.path];
    if (!present && saved) restoreKernel(kernel, saved);
    return kernel;
  });
  const session = sessions.get(model) ?? { progress: new Map(), live: 0, keep: false };
  session.live++;
  session.progress.set(name, progress);
  sessions.set(model, session);
  hookSave(true);
  let isDetached = false;
  return {
    kernels,
    detach(keep = false) {
      if (isDetached) return;
      isDetached = true;
      session.live--;
      session.keep ||= keep;
      const last = progress();
      if (keep) session.progress.set(name, () => last);
      else session.progress.delete(name);
      if (session.live === 0) {
        writeCheckpoint(model, session.keep ? currentCheckpoint(model, session.progress) : undefined);
        sessions.delete(model);
      }
      for (const kernel of kernels) letGo(kernel);
      hookSave(sessions.size > 0);
    },
  };
}

function letGo(kernel: CompressibleKernel): void {
  const left = holdersOf(kernel) - 1;
  if (left > 0) {
    holders.set(kernel, left);
    return;
  }
  holders.delete(kernel);
  if (kernel.stateVariable) return;
  kernel.commit();
  kernel.release();
  kernelOf.delete(kernel.variable);
}

function attachedKernels(model: tfl.LayersModel): CompressibleKernel[] {
  return findSites(model)
    .map(kernelAt)
    .filter((kernel) => kernel !== undefined)
    .filter((kernel) => !kernel.stateVariable);
}

function currentCheckpoint(model: tfl.LayersModel, progress: Map<string, () => object>) {
  const kernels = attachedKernels(model).map((kernel) => {
    const raw = kernel.variable.read().dataSync() as Float32Array;
    return [kernel.path, checkpointOf(kernel, raw)] as const;
  });
  return { version: 1 as const, kernels: Object.fromEntries(kernels), progress: evaluated(progress) };
}

function evaluated(progress: Map<string, () => object>): Record<string, object> {
  // tfjs refuses metadata with undefined in it.
  return JSON.parse(JSON.stringify(Object.fromEntries([...progress].map(([name, save]) => [name, save()]))));
}

const stockSave = tfl.LayersModel.prototype.save;

/**
 * One hook on the class, not on the model, because fit hands callbacks the model INSIDE a Sequential while users save
 * the Sequential, and because a model that shares the attached layers may be saved as well. Gone when nothing is attached.
 */
function hookSave(on: boolean): void {
  tfl.LayersModel.prototype.save = on ? saveAttached : stockSave;
}

function saveAttached(
  this: tfl.LayersModel,
  handlerOrURL: io.IOHandler | string,
  config?: io.SaveConfig,
): Promise<io.SaveResult> {
  const handlers = typeof handlerOrURL === 'string' ? io.getSaveHandlers(handlerOrURL) : [handlerOrURL];
  const save = handlers.length === 1 ? handlers[0].save : undefined;
  // Let tfjs say what is wrong with it.
  if (!save) return stockSave.call(this, handlerOrURL, config);
  const session = sessions.get(this);
  const progress = session && evaluated(session.progress);
  const kernels = attachedKernels(this);
  return stockSave.call(
    this,
    { save: (artifacts) => save.call(handlers[0], addCheckpoint(artifacts, kernels, progress)) },
    config,
  );
}
