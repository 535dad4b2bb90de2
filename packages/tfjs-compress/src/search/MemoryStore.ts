import type { Baseline, TrialOutcome, TrialResult, TrialStore } from './types.js';

/** Keeps a search for as long as the process lives. */
export class MemoryStore implements TrialStore {
  private readonly outcomes = new Map<string, TrialOutcome>();
  private kept: Baseline | undefined;

  async open(): Promise<void> {}

  async baseline(): Promise<Baseline | undefined> {
    return this.kept;
  }

  async putBaseline(baseline: Baseline): Promise<void> {
    this.kept = baseline;
  }

  async results(): Promise<TrialResult[]> {
    return [...this.outcomes.values()].map(({ result }) => result);
  }

  async put(outcome: TrialOutcome): Promise<void> {
    const { id } = outcome.result;
    if (!this.outcomes.has(id)) this.outcomes.set(id, outcome);
  }

  async file(id: string): Promise<Uint8Array | undefined> {
    return this.outcomes.get(id)?.file;
  }

  async model(id: string): Promise<Uint8Array | undefined> {
    return this.outcomes.get(id)?.model;
  }

  async close(): Promise<void> {}
}
