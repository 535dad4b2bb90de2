/** What happens to the network, in this order. */
export const stageNames = ['train', 'prune', 'round'] as const;

export type StageName = (typeof stageNames)[number];

export interface Stage {
  name: StageName;
  epochs: number;
  /** Of Adam, at the beginning; it falls along a cosine within the stage. */
  learningRate: number;
}

/** A run: what it does follows from this and nothing else. */
export interface Plan {
  stages: Stage[];
  /** Of the training set, those for validation not counted. */
  images: number;
  batchSize: number;
  /** The fraction of each layer's weights to prune. */
  sparsity: Record<string, number>;
  /** At this fraction of the stage the masks are fixed; what is left trains with them. */
  fixMasksAt: number;
  /**
   * Accumulated fractions of the weights that are rounded, one more after each part of
   * the stage.
   */
  steps: number[];
  bits: number;
}

/** Chosen on the validation images: see the README. */
const full: Plan = {
  stages: [
    { name: 'train', epochs: 8, learningRate: 2e-3 },
    { name: 'prune', epochs: 16, learningRate: 2e-3 },
    { name: 'round', epochs: 10, learningRate: 1.5e-3 },
  ],
  images: 4500,
  batchSize: 50,
  sparsity: { conv1: 0.4, conv2: 0.85, hidden: 0.96, out: 0.7 },
  fixMasksAt: 0.6,
  steps: [0.3, 0.5, 0.7, 0.85, 0.95, 1],
  bits: 5,
};

/**
 * The plan that the page's address asks for: `?epochs=1-2-3` gives the epochs of the
 * three stages, `?images=1000` trains on fewer images. Anything else is the full
 * plan.
 */
export function planFrom(search: string): Plan {
  const parameters = new URLSearchParams(search);
  const epochs = /^(\d{1,3})-(\d{1,3})-(\d{1,3})$/
    .exec(parameters.get('epochs') ?? '')
    ?.slice(1)
    .map(Number);
  const images = Number(parameters.get('images'));
  const isPossible = epochs && epochs[0] > 0 && epochs[1] > 0 && epochs[2] >= full.steps.length - 1;
  return {
    ...full,
    stages: full.stages.map((stage, i) => (isPossible ? { ...stage, epochs: epochs[i] } : stage)),
    images: Number.isInteger(images) && images >= full.batchSize ? Math.min(images, full.images) : full.images,
  };
}

export function batchesPerEpoch({ images, batchSize }: Plan): number {
  return Math.floor(images / batchSize);
}

export function totalEpochs({ stages }: Plan): number {
  return stages.reduce((sum, { epochs }) => sum + epochs, 0);
}
