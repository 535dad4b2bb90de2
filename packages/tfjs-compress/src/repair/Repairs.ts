/**
 * What a repair changed, each kind once with the layers that it was done to, and what it
 * cannot change.
 */
export class Repairs {
  private readonly done = new Map<string, Set<string>>();
  private readonly problems = new Set<string>();

  /** @param where The layer's name. */
  change(what: string, where: string): void {
    this.done.set(what, (this.done.get(what) ?? new Set()).add(where));
  }

  /** What tfjs has nothing for. */
  refuse(problem: string): void {
    this.problems.add(problem);
  }

  /** A line for each kind of change. */
  get changes(): string[] {
    return [...this.done].map(([what, layers]) => {
      const names = [...layers];
      const more = names.length > 3 ? ` and ${names.length - 3} more` : '';
      return `${what} (${names.slice(0, 3).join(', ')}${more})`;
    });
  }

  /** Throws an Error that names everything that tfjs has nothing for. */
  check(): void {
    if (this.problems.size > 0) throw new Error(`cannot be repaired: ${[...this.problems].join('; ')}.`);
  }
}
