import type * as tfl from '@tensorflow/tfjs-layers';
import { beginAnew, countState, PRUNED } from '@tfjs-compress/math';
import { CompressibleKernel } from './CompressibleKernel.js';
import {
  fingerprintOf,
  ownerOf,
  type Run,
  readMetadata,
  readRun,
  recordOf,
  restoreKernel,
  writeMetadata,
} from './checkpoint.js';
import { hookSave } from './saving.js';
import { findSites, type Site } from './sites.js';

/**
 * The kernel that stands before a weight: for good in our layers, for a while in stock
 * ones.
 */
const kernelOf = new WeakMap<tfl.LayerVariable, CompressibleKernel>();
/** How many models that are being trained hold a kernel: layers can be shared. */
const holders = new Map<CompressibleKernel, number>();
/**
 * Stock weights whose zeros were pruned in this process. The model's metadata says it in
 * the next one.
 */
const prunedHere = new WeakSet<tfl.LayerVariable>();

/** What is attached to a model. */
interface Session {
  /** What to keep of each callback, by slot. */
  progress: Map<string, () => Promise<object>>;
  live: number;
  keep: boolean;
  kernels: Map<string, CompressibleKernel>;
}
/** By ownerOf() the model. */
const sessions = new Map<tfl.LayersModel, Session>();

/** The kernel that stands before a weight now, if one does. */
export function kernelAt(site: { variable: tfl.LayerVariable }): CompressibleKernel | undefined {
  return kernelOf.get(site.variable);
}

/** Installs the permanent kernel of a layer of ours. */
export function installKernel(site: Site, stateVariable: tfl.LayerVariable): CompressibleKernel {
  const kernel = new CompressibleKernel(site, stateVariable);
  kernelOf.set(site.variable, kernel);
  return kernel;
}

/** Whether a callback holds weights of the model at the moment. */
export function isInTraining(model: tfl.LayersModel): boolean {
  return findSites(model).some((site) => (holders.get(kernelAt(site)!) ?? 0) > 0);
}

/** Whether the zeros of a stock weight are known to be pruned ones. */
export function isMarkedPruned(model: tfl.LayersModel, site: Site): boolean {
  return prunedHere.has(site.variable) || (readMetadata(model)?.pruned?.includes(site.path) ?? false);
}

/**
 * Says that the zeros of these weights were pruned, or (with false) that they were not.
 */
export function markPruned(model: tfl.LayersModel, sites: Site[], isPruned: (site: Site) => boolean): void {
  const paths = new Set(readMetadata(model)?.pruned ?? []);
  for (const site of sites) {
    if (isPruned(site)) prunedHere.add(site.variable);
    else prunedHere.delete(site.variable);
    if (isPruned(site)) paths.add(site.path);
    else paths.delete(site.path);
  }
  writeMetadata(model, [...paths], readRun(model));
}

/**
 * The run that the model carries: saved with it, or kept when training stopped. Where the
 * weights are not those that it was kept with, it is dropped.
 *
 * @param announce Gets a sentence when a run was dropped.
 */
export async function openRun(model: tfl.LayersModel, announce: (text: string) => void): Promise<Run | undefined> {
  const run = readRun(model);
  if (!run) return undefined;
  const changed = sessions.has(ownerOf(model)) ? undefined : await firstChanged(model, run);
  if (changed === undefined) return run;
  writeMetadata(model, readMetadata(model)?.pruned);
  announce(
    `the model carries a stopped run, but ${changed} since. Beginning anew; what was pruned stays pruned, and frozen ` +
      'weights are trained again.',
  );
  return undefined;
}

async function firstChanged(model: tfl.LayersModel, run: Run): Promise<string | undefined> {
  const sites = new Map(findSites(model).map((site) => [site.path, site]));
  for (const [path, record] of Object.entries(run.kernels)) {
    const site = sites.get(path);
    if (!site) return `${path} is gone`;
    const kernel = kernelAt(site);
    await kernel?.sync();
    const values = kernel ? await kernel.effectiveValues() : ((await site.variable.read().data()) as Float32Array);
    if (fingerprintOf(values) !== record.fingerprint) return `the weights of ${path} have changed`;
  }
  return undefined;
}

export interface Attachment {
  /** One for each site, in the same order. */
  kernels: CompressibleKernel[];
  /**
   * Lets go. With the last attachment of a model its stock layers get their variables
   * back, with the effective weights in them, and are stock layers again; the model's
   * metadata says which weights were pruned.
   *
   * @param keep Leave the run on the model, so that a later attachment goes on from here.
   *   Default false.
   */
  detach(keep?: boolean): Promise<void>;
}

export interface AttachOptions {
  /** Under which progress is kept, one for each callback of a fit. */
  slot: string;
  /** Gives what the run's progress is to hold under `slot`; must be plain JSON. */
  progress: () => Promise<object>;
  /** What openRun() gave, to go on with. */
  run?: Run;
  /**
   * Take zeros for pruned weights although nothing says that they were. Default false.
   */
  keepZeros?: boolean;
}

/**
 * Puts kernels before weights of a built model, or takes those that stand there. While
 * anything is attached, model.save writes the effective weights and the run.
 *
 * @param model The model that the user has and saves: for a Sequential the Sequential,
 *   not the model inside it.
 */
export async function attach(model: tfl.LayersModel, sites: Site[], options: AttachOptions): Promise<Attachment> {
  const { slot, progress, run, keepZeros = false } = options;
  const session = sessions.get(ownerOf(model)) ?? { progress: new Map(), live: 0, keep: false, kernels: new Map() };
  const kernels: CompressibleKernel[] = [];
  const held: CompressibleKernel[] = [];
  try {
    for (const site of sites) {
      const kernel = kernelAt(site) ?? new CompressibleKernel(site);
      kernelOf.set(site.variable, kernel);
      const isFirst = !holders.has(kernel);
      if (!session.kernels.has(site.path)) {
        holders.set(kernel, (holders.get(kernel) ?? 0) + 1);
        held.push(kernel);
      }
      kernels.push(kernel);
      await kernel.sync();
      const record = run?.progress[slot] ? run.kernels[site.path] : undefined;
      if (isFirst && record) await restoreKernel(kernel, record);
      else if (isFirst) await kernel.update(beginAnew(keepZeros || isMarkedPruned(model, site)));
    }
  } catch (error) {
    // A file may hold a run that does not fit: the model is as it was, without a kernel
    // left before a weight.
    for (const kernel of held) letGo(kernel, false);
    throw error;
  }
  for (const [i, { path }] of sites.entries()) session.kernels.set(path, kernels[i]);
  session.live++;
  session.progress.set(slot, progress);
  sessions.set(ownerOf(model), session);
  hookSave(sessions.size > 0, sessionOf);
  let isDetached = false;
  return {
    kernels,
    async detach(keep = false) {
      if (isDetached) return;
      isDetached = true;
      session.keep ||= keep;
      const last = keep ? await progress() : undefined;
      if (last) session.progress.set(slot, async () => last);
      else session.progress.delete(slot);
      session.live--;
      if (session.live > 0) return;
      // All at once, so that one callback's end takes nothing from what another's run
      // keeps.
      await close(model, session);
      for (const kernel of session.kernels.values()) letGo(kernel, session.keep);
      hookSave(sessions.size > 0, sessionOf);
    },
  };
}

/** Leaves on the model what a later process needs to know. */
async function close(model: tfl.LayersModel, session: Session): Promise<void> {
  sessions.delete(ownerOf(model));
  // By the paths of this model: a layer's own path says nothing of the models around it.
  const kernels = [...session.kernels].filter(([, kernel]) => !kernel.isDisposed);
  const run = session.keep ? await runOf(kernels, session) : undefined;
  const stock = kernels.filter(([, kernel]) => !kernel.stateVariable);
  const pruned = new Set(stock.filter(([, kernel]) => countState(kernel.states, PRUNED) > 0).map(([path]) => path));
  writeMetadata(model, readMetadata(model)?.pruned, run);
  markPruned(
    model,
    stock.map(([path, { site }]) => ({ ...site, path })),
    ({ path }) => pruned.has(path),
  );
}

async function runOf(kernels: [string, CompressibleKernel][], { progress }: Session): Promise<Run> {
  const records: Run['kernels'] = {};
  for (const [path, kernel] of kernels) records[path] = recordOf(kernel, await kernel.values());
  return { kernels: records, progress: await evaluated(progress) };
}

async function evaluated(progress: Session['progress']): Promise<Record<string, object>> {
  const entries: [string, object][] = [];
  for (const [slot, give] of progress) entries.push([slot, await give()]);
  // tfjs refuses metadata with undefined in it.
  return JSON.parse(JSON.stringify(Object.fromEntries(entries)));
}

/**
 * What is to be saved with a model: its kernels by variable and, if anything is attached
 * to it, how far that is.
 */
async function sessionOf(model: tfl.LayersModel) {
  const kernels = findSites(model).flatMap((site) => kernelAt(site) ?? []);
  for (const kernel of kernels) await kernel.sync();
  const session = sessions.get(ownerOf(model));
  return {
    paths: new Map(findSites(model).map((site) => [site.variable, site.path])),
    kernels: new Map(kernels.map((kernel) => [kernel.variable, kernel])),
    progress: session && (await evaluated(session.progress)),
    pruned: readMetadata(model)?.pruned ?? [],
  };
}

export type SavedSession = Awaited<ReturnType<typeof sessionOf>>;

function letGo(kernel: CompressibleKernel, keep: boolean): void {
  const left = holders.get(kernel)! - 1;
  if (left > 0) {
    holders.set(kernel, left);
    return;
  }
  holders.delete(kernel);
  if (kernel.isDisposed) kernel.dispose();
  if (kernel.stateVariable) {
    if (kernel.isDisposed) return;
    if (keep) kernel.hold();
    else kernel.splicing = false;
    return;
  }
  kernel.release();
  kernelOf.delete(kernel.variable);
}
