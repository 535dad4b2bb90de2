import type { Layer } from './tfjsCopy.js';

/**
 * Marks what a copy of this package made, so that another copy (ES module beside
 * CommonJS, two versions) knows it.
 */
const maker = Symbol.for('tfjs-compress.maker');
const thisCopy = {};

/**
 * Says that this copy made an object: a layer of ours, or a view that stands in the field
 * of a stock layer.
 */
export function markOwn(object: object): void {
  Object.defineProperty(object, maker, { value: thisCopy });
}

/** @throws Error when another copy of this package made the layer. */
export function checkOwnLayer(layer: Layer): void {
  checkOwn(layer, `the layer ${layer.name}`);
}

/** @throws Error when another copy of this package has put a view before the weight. */
export function checkOwnView(variable: { name?: string }): void {
  checkOwn(variable, `the weight ${variable.name}, which is being trained by a callback`);
}

function checkOwn(object: object, what: string): void {
  const by = (object as Record<symbol, unknown>)[maker];
  if (by === undefined || by === thisCopy) return;
  throw new Error(
    `Two copies of tfjs-compress are loaded: ${what}, belongs to the other one. Import it in one way everywhere: ES modules ` +
      `(import) or CommonJS (require), not both. 'npm ls @tfjs-compress/layers' shows whether there are two versions; ` +
      `'npm dedupe' makes them one.`,
  );
}
