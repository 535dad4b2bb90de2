import type { Node } from '../graph/Graph.js';

/** The channels of a tensor: its last dimension. */
export interface Axis {
  /**
   * Channels with one id (by Channels.find) can only go together, from all tensors that
   * have it.
   */
  ids: number[];
  /**
   * What a channel holds wherever it is, whatever the input of the model; NaN where it
   * varies.
   */
  values: number[];
}

/** Sets of channels that go or stay together. */
export class Channels {
  private readonly parents: number[] = [];
  private readonly live = new Map<number, Node | undefined>();

  /** New channels, each on its own. */
  add(values: number[]): Axis {
    return { ids: values.map(() => this.parents.push(this.parents.length) - 1), values };
  }

  find(id: number): number {
    let root = id;
    while (this.parents[root] !== root) root = this.parents[root];
    while (this.parents[id] !== root) [id, this.parents[id]] = [this.parents[id], root];
    return root;
  }

  /** Ties the channels of axes of one length, those of others keep them all. */
  tie(axes: (Axis | undefined)[], node: Node): boolean {
    const fits = axes.every((axis) => axis && axis.ids.length === axes[0]!.ids.length);
    if (!fits) for (const axis of axes) this.keepAll(axis, node);
    else
      for (const { ids } of axes.slice(1) as Axis[])
        for (let i = 0; i < ids.length; i++) this.join(ids[i], axes[0]!.ids[i]);
    return fits;
  }

  /** @param by The node that needs it. */
  keep(id: number, by?: Node): void {
    const root = this.find(id);
    if (!this.live.has(root)) this.live.set(root, by);
  }

  keepAll(axis: Axis | undefined, by?: Node): void {
    for (const id of axis?.ids ?? []) this.keep(id, by);
  }

  isLive(id: number): boolean {
    return this.live.has(this.find(id));
  }

  /**
   * The first node that needs a channel; undefined for what stays so that something
   * stays.
   */
  neededBy(id: number): Node | undefined {
    return this.live.get(this.find(id));
  }

  /** How many sets are live. */
  get size(): number {
    return this.live.size;
  }

  /** Ties two channels. */
  join(a: number, b: number): void {
    const [from, to] = [this.find(a), this.find(b)];
    if (from === to) return;
    this.parents[from] = to;
    if (this.live.has(from)) this.keep(to, this.live.get(from));
    this.live.delete(from);
  }
}
