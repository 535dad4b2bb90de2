import type { io } from '@tensorflow/tfjs-core';
import type { Plan, StageName } from './training/plan.js';

export const backendNames = { wasm: 'WebAssembly', webgl: 'WebGL', webgpu: 'WebGPU' } as const;

export type BackendName = keyof typeof backendNames;

/** A model as tfjs saves it. */
export type Artifacts = io.ModelArtifacts;

/** The state after an epoch: what the charts show. */
export interface Point {
  stage: StageName;
  /** Fractions, of the validation images and of the weights of all kernels. */
  accuracy: number;
  zeros: number;
  /** Not zero, and on a level ±2^k. */
  onLevels: number;
  /** Of the .tfz file, if it ended here. */
  bytes: number;
}

export interface Kernel {
  name: string;
  shape: number[];
  values: Float32Array;
}

/**
 * A run as it is kept in the browser: everything that it needs to go on, or to show what
 * it has come to.
 */
export interface RunRecord {
  version: 1;
  plan: Plan;
  backend: BackendName;
  seed: number;
  /** The stage and its epoch to go on with. */
  stage: number;
  epoch: number;
  /** Without breaks. */
  seconds: number;
  points: Point[];
  /** With the optimizer and what the callbacks need. */
  model: Artifacts;
  /** The network before anything was pruned, once it is trained. */
  float: Artifacts | null;
  /** The .tfz file of the last epoch. */
  file: Uint8Array;
  kernels: Kernel[];
  /** Once the run is over: right answers among the test images. */
  test: TestResult | null;
}

export interface TestResult {
  /** Fractions. */
  float: number;
  small: number;
  count: number;
}

export type ToWorker =
  | { type: 'start'; plan: Plan; backend: BackendName; record: RunRecord | null }
  | { type: 'pause' | 'resume' | 'stop' }
  /** A model to answer with, for a run that is over. */
  | { type: 'load'; float: Artifacts; backend: BackendName }
  | { type: 'predict'; image: Float32Array; measure: boolean };

export type FromWorker =
  | { type: 'started'; backend: BackendName }
  | { type: 'progress'; stage: StageName; fraction: number; secondsLeft: number | null }
  | { type: 'epoch'; points: Point[]; kernels: Kernel[]; file: Uint8Array }
  | { type: 'canAnswer' }
  | { type: 'answer'; probabilities: Float32Array; ms: number | null }
  | { type: 'done'; test: TestResult; seconds: number }
  | { type: 'stopped' }
  | { type: 'notKept'; message: string }
  | { type: 'failed'; message: string };
