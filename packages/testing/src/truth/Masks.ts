import type { HeldKernel, Values } from './kernels.js';
import { isKernel, type KernelPlan, type SurgeryAsked } from './options.js';
import { dnsThresholds } from './reference.js';

const orderOfKernels = ['kernel', 'depthwiseKernel', 'pointwiseKernel', 'recurrentKernel', 'embeddings', 'custom'];

export interface MasksOptions {
  /** Optimizer steps of the whole plan. */
  totalSteps: number;
  /** Before which INQ's first step is taken, that makes zeros, too. */
  inqFrom: number;
}

/**
 * Judges surgery batch by batch: when masks change, which weights go, and with what
 * magnitude others come back. What is under a mask nobody outside sees; of the weights
 * that were not 0, those that an update prunes are the smaller ones.
 */
export class Masks {
  readonly findings: string[] = [];
  /** Optimizer steps begun, over all fits of a plan. */
  private step = 0;
  private thresholds = new Map<string, { a: number; b: number } | undefined>();
  private scales = new Map<string, number>();

  constructor(
    private readonly asked: SurgeryAsked,
    private readonly kernels: HeldKernel[],
    private readonly options: MasksOptions,
  ) {}

  /** What happened between the end of a batch and the beginning of the next one. */
  update(before: Values, now: Values): void {
    const step = this.step++;
    const judged: Group[] = [];
    for (const group of this.groups(before, now)) {
      const { path, plan } = group;
      if (step === plan.beginStep) this.begin(path, plan, before);
      if (step >= this.options.inqFrom) {
        const back = step > this.options.inqFrom ? group.back.length : 0;
        if (back > 0) this.say(path, `${back} weights came back after the masks were fixed`);
        continue;
      }
      const isLast = step === this.options.totalSteps - 1 && plan.endStep > step;
      const isFinal = step === plan.endStep || isLast;
      const isInside = step >= plan.beginStep && step < plan.endStep;
      const isDue = isInside && (step - plan.beginStep) % this.asked.frequency === 0;
      const isChanged = group.gone.length + group.back.length > 0;
      if (!isDue && !isFinal) {
        if (isChanged) this.say(path, 'masks changed where no update is due');
      } else if (isChanged || (this.asked.isCertain && isDue)) judged.push({ ...group, isFinal });
    }
    if (this.asked.together === undefined) for (const group of judged) this.judge(group);
    else if (judged.length > 0) this.judge(this.joined(judged));
  }

  /**
   * What happened between the beginning and the end of a batch: training, which changes
   * no mask.
   */
  batch(before: Values, now: Values): void {
    const isLast = this.step === this.options.totalSteps;
    for (const { path, gone, back } of this.groups(before, now)) {
      // Where INQ takes its last step.
      if (back.length > 0 || (gone.length > 0 && !(isLast && Number.isFinite(this.options.inqFrom))))
        this.say(path, 'masks changed while a batch was trained');
    }
  }

  private say(path: string, what: string): void {
    this.findings.push(`step ${this.step}: ${path}: ${what}`);
  }

  /** Each selected kernel, a bias together with the first kernel of its layer. */
  private *groups(before: Values, now: Values): Generator<Group> {
    for (const { path, layer } of this.kernels) {
      if (!isKernel(path) || !this.asked.isSelected(path)) continue;
      const ofLayer = this.kernels.filter((kernel) => kernel.layer === layer && isKernel(kernel.path));
      ofLayer.sort((a, b) => orderOfKernels.indexOf(a.field) - orderOfKernels.indexOf(b.field));
      const bias = path.replace(/[^/]+$/, 'bias');
      const hasBias = this.asked.isSelected(bias) && now.has(bias) && ofLayer[0].path === path;
      const group: Group = { path, plan: this.asked.of(path), gone: [], kept: [], back: [], isFinal: false };
      for (const each of hasBias ? [path, bias] : [path]) {
        const [was, is] = [before.get(each)!, now.get(each)!];
        for (let i = 0; i < was.length; i++) {
          if (was[i] !== 0) (is[i] === 0 ? group.gone : group.kept).push(Math.abs(was[i]));
          else if (is[i] !== 0) group.back.push(Math.abs(is[i]));
        }
      }
      yield group;
    }
  }

  private begin(path: string, { rate, hysteresis }: KernelPlan, values: Values): void {
    const kernel = values.get(path)!;
    const others = [...kernel].filter((value) => value !== 0);
    this.scales.set(path, Math.sqrt(others.reduce((sum, v) => sum + v * v, 0) / others.length) || 1);
    if (rate === undefined) return;
    const { layer } = this.kernels.find((each) => each.path === path)!;
    const bias = this.asked.isPooled ? values.get(path.replace(/[^/]+$/, 'bias')) : undefined;
    // Nobody says which kernel a bias is pooled with where a layer has two.
    const isPlain = this.kernels.filter((each) => each.layer === layer && isKernel(each.path)).length === 1;
    this.thresholds.set(
      path,
      isPlain || !bias ? dnsThresholds([kernel, ...(bias ? [bias] : [])], rate, hysteresis) : undefined,
    );
  }

  /**
   * With one threshold for all: magnitudes in units of each kernel's scale. A kernel may
   * keep its last weight.
   */
  private joined(groups: Group[]): Group {
    const scaled = (key: 'gone' | 'kept' | 'back') =>
      groups.flatMap((group) => group[key].map((value) => value / this.scales.get(group.path)!));
    const kept = groups.flatMap(({ path, kept: each }) =>
      each.length > 1 ? each.map((value) => value / this.scales.get(path)!) : [],
    );
    const first = groups[0];
    return { ...first, path: 'all kernels together', gone: scaled('gone'), back: scaled('back'), kept };
  }

  private judge({ path, plan, gone, kept, back, isFinal }: Group): void {
    const [largestGone, smallestKept] = [Math.max(0, ...gone), Math.min(Number.POSITIVE_INFINITY, ...kept)];
    if (largestGone > smallestKept * (1 + 1e-6))
      this.say(path, `pruned a weight of ${largestGone} and kept one of ${smallestKept}`);
    const known = this.thresholds.get(path);
    // With a target, what comes back does so at the upper threshold.
    const upper = plan.rate === undefined && !isFinal && back.length > 0 ? Math.max(...back) : undefined;
    if (upper && Math.min(...back) < upper * (1 - 1e-5)) this.say(path, `weights came back with ${back}`);
    const lower = upper && ((1 - plan.hysteresis) / (1 + plan.hysteresis)) * upper;
    const [a, b] = known ? [known.a, known.b] : [lower, undefined];
    if (a === undefined) return;
    if (largestGone > a * (1 + 1e-5)) this.say(path, `pruned a weight of ${largestGone}, the threshold is ${a}`);
    if (smallestKept < a * (1 - 1e-5)) this.say(path, `kept a weight of ${smallestKept}, the threshold is ${a}`);
    if (b !== undefined && back.some((value) => value < b * (1 - 1e-5)))
      this.say(path, `a weight came back with ${Math.min(...back)}, the threshold is ${b}`);
  }
}

/** Magnitudes of the weights of one kernel, by what became of them. */
interface Group {
  path: string;
  plan: KernelPlan;
  gone: number[];
  kept: number[];
  back: number[];
  isFinal: boolean;
}
