import {
  type BackendName,
  backendNames,
  type FromWorker,
  type Kernel,
  type Point,
  type RunRecord,
  type TestResult,
  type ToWorker,
} from '../messages.js';
import { forgetRun, readRun } from '../store.js';
import type { Plan, StageName } from '../training/plan.js';

/** `kept`: stopped, or the page was left; it can go on. */
export type RunState = 'idle' | 'kept' | 'starting' | 'running' | 'paused' | 'stopping' | 'done' | 'failed';

/** Everything that the page shows of a run. */
export interface RunView {
  state: RunState;
  plan: Plan;
  /** The one that computes, which may be another than was asked for. */
  backend: BackendName;
  points: Point[];
  kernels: Kernel[];
  file: Uint8Array | null;
  stage: StageName | null;
  /** Of the whole run. */
  fraction: number;
  secondsLeft: number | null;
  test: TestResult | null;
  seconds: number;
  notice: string;
  problem: string;
  /** Whether the float model can be asked. */
  canAnswer: boolean;
}

/** The worker that trains, and what it has told so far. */
export class Runner {
  view: RunView;
  onAnswer: ((answer: Extract<FromWorker, { type: 'answer' }>) => void) | undefined;
  readonly #plan: Plan;
  readonly #listeners: ((view: RunView, changed: FromWorker['type'] | 'state') => void)[] = [];
  #worker: Worker | undefined;
  #wanted: BackendName = 'wasm';

  constructor(plan: Plan) {
    this.#plan = plan;
    this.view = emptyView(plan);
  }

  listen(listener: (view: RunView, changed: FromWorker['type'] | 'state') => void): void {
    this.#listeners.push(listener);
    listener(this.view, 'epoch');
  }

  get isBusy(): boolean {
    return ['starting', 'running', 'paused', 'stopping'].includes(this.view.state);
  }

  /** Shows the run that this browser keeps, if there is one. */
  async recall(): Promise<void> {
    const record = await this.#kept();
    if (!record || this.isBusy) return;
    this.#show(record);
    if (record.float) this.#send({ type: 'load', float: record.float, backend: record.backend });
  }

  /** Begins, or goes on with the run that is kept. */
  async start(backend: BackendName): Promise<void> {
    if (this.isBusy) return;
    const isNew = this.view.state === 'idle' || this.view.state === 'done';
    this.#wanted = backend;
    this.#change({ state: 'starting', problem: '', notice: '', canAnswer: false });
    const record = isNew ? null : await this.#kept();
    // Stopped meanwhile.
    if (this.view.state !== 'starting') return;
    if (!record) {
      this.view = { ...emptyView(this.#plan), state: 'starting' };
      this.#tell('epoch');
    }
    this.#end();
    this.#send({ type: 'start', plan: this.#plan, backend, record });
  }

  pause(): void {
    if (this.view.state !== 'running') return;
    this.#send({ type: 'pause' });
    this.#change({ state: 'paused' });
  }

  resume(): void {
    if (this.view.state !== 'paused') return;
    this.#send({ type: 'resume' });
    this.#change({ state: 'running' });
  }

  /** Ends the training; what was kept at the last epoch stays. */
  stop(): void {
    if (this.view.state === 'starting') {
      // Nothing has been trained that could be ended well.
      this.#end();
      this.#change({ state: this.view.points.length > 0 ? 'kept' : 'idle' });
    } else if (this.view.state === 'running' || this.view.state === 'paused') {
      this.#send({ type: 'stop' });
      this.#change({ state: 'stopping' });
    }
  }

  async startOver(): Promise<void> {
    if (this.isBusy) return;
    this.#end();
    this.view = emptyView(this.#plan);
    this.#tell('epoch');
    await forgetRun().catch(() => {});
  }

  predict(image: Float32Array, measure: boolean): void {
    this.#send({ type: 'predict', image, measure });
  }

  async #kept(): Promise<RunRecord | null> {
    try {
      return await readRun();
    } catch {
      // Storage is refused: then nothing is kept.
      return null;
    }
  }

  #show({ plan, backend, points, kernels, file, test, seconds, epoch, stage }: RunRecord): void {
    const total = plan.stages.reduce((sum, { epochs }) => sum + epochs, 0);
    const done = plan.stages.slice(0, stage).reduce((sum, { epochs }) => sum + epochs, 0) + epoch;
    const shown = { plan, backend, points, kernels, file, test, seconds, fraction: done / total };
    this.view = { ...emptyView(plan), ...shown, state: test ? 'done' : 'kept' };
    this.#tell('epoch');
  }

  #send(message: ToWorker): void {
    if (!this.#worker) {
      this.#worker = new Worker(new URL('../training/worker.ts', import.meta.url), { type: 'module' });
      this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
      this.#worker.onerror = (event) => {
        event.preventDefault();
        this.#receive({ type: 'failed', message: event.message || 'the worker could not be loaded' });
      };
    }
    this.#worker.postMessage(message);
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #receive(message: FromWorker): void {
    if (message.type === 'answer') {
      this.onAnswer?.(message);
      return;
    }
    const { type, ...changes } = message;
    if (type === 'started') this.#started(message.backend);
    else if (type === 'canAnswer') this.view.canAnswer = true;
    else if (type === 'done')
      Object.assign(this.view, changes, { state: 'done', fraction: 1, stage: null, secondsLeft: null });
    else if (type === 'stopped') this.#stopped();
    else if (type === 'notKept')
      this.view.notice = `This browser does not keep the run for a reload (${message.message}).`;
    else if (type === 'failed') this.#failed(message.message);
    else Object.assign(this.view, changes);
    this.#tell(type);
  }

  #started(backend: BackendName): void {
    const asked = backendNames[this.#wanted];
    const notice = backend === this.#wanted ? '' : `${asked} cannot be used here: ${backendNames[backend]} computes.`;
    Object.assign(this.view, { backend, notice, state: 'running' });
  }

  async #stopped(): Promise<void> {
    const record = await this.#kept();
    const notice = record ? '' : 'The run was ended. This browser keeps nothing of it.';
    this.#change({ state: record ? 'kept' : 'idle', secondsLeft: null, notice });
  }

  #failed(problem: string): void {
    const isRun = this.isBusy;
    if (isRun) this.#end();
    Object.assign(this.view, { problem, secondsLeft: null, ...(isRun && { state: 'failed', canAnswer: false }) });
  }

  #change(changes: Partial<RunView>): void {
    Object.assign(this.view, changes);
    this.#tell('state');
  }

  #tell(changed: FromWorker['type'] | 'state'): void {
    for (const listener of this.#listeners) listener(this.view, changed);
  }
}

function emptyView(plan: Plan): RunView {
  const begin = { points: [], kernels: [], file: null, stage: null, fraction: 0, secondsLeft: null };
  const end = { test: null, seconds: 0, notice: '', problem: '', canAnswer: false };
  return { state: 'idle', plan, backend: 'wasm', ...begin, ...end };
}
