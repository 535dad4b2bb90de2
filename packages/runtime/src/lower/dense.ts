import type { Lowerings } from '../program/Builder.js';
import { matrixOf } from '../program/Matrix.js';

export const dense: Lowerings = {
  Dense: (b, { config, weights }, [x]) =>
    b.product(x, matrixOf(weights.kernel), weights.bias?.values, { activation: config.activation }),
};
