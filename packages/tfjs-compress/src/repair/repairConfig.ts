import { asObject, classOf } from '../model/layerTree.js';
import type { Repairs } from './Repairs.js';
import { activations, constraintClasses, initializerClasses } from './tfjsClasses.js';

type Json = Record<string, unknown>;

/**
 * A layer's config with the values that tfjs knows: dtypes, activations, initializers,
 * regularizers and constraints as tfjs's classes. What only training uses and tfjs lacks
 * is left out.
 *
 * @param isKeras3 Some names mean something else there.
 */
export function repairConfig(config: Json, isKeras3: boolean, repairs: Repairs): Json {
  const name = String(config.name ?? '');
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => {
      if (key === 'dtype') return [key, dtype(value, name, repairs)];
      if (/activation$/.test(key)) return [key, activation(value, name, isKeras3, repairs)];
      if (/initializer$/.test(key)) return [key, initializer(value, name, repairs)];
      if (/regularizer$/.test(key)) return [key, regularizer(value, name, repairs)];
      if (/constraint$/.test(key)) return [key, constraint(value, name, repairs)];
      return [key, value];
    }),
  );
}

/** Keras 3 writes a policy object; tfjs computes with float32 and int32 alone. */
function dtype(value: unknown, layer: string, repairs: Repairs): unknown {
  const policy = asObject(value);
  const given = policy ? String(asObject(policy.config)?.name ?? 'float32') : value;
  if (policy) repairs.change('dtype policies are names of dtypes now', layer);
  if (typeof given !== 'string') return given;
  if (/float|mixed/.test(given)) return 'float32';
  return /int/.test(given) ? 'int32' : given;
}

function activation(value: unknown, layer: string, isKeras3: boolean, repairs: Repairs): unknown {
  const object = asObject(value);
  if (value === null || value === undefined) return value;
  const given = object ? (typeof object.config === 'string' ? object.config : classOf(object)) : String(value);
  const renamed = given === 'silu' ? 'swish' : given;
  if (renamed !== value) repairs.change('activations are called as in tfjs now', layer);
  if (isKeras3 && given === 'hard_sigmoid')
    repairs.refuse(`layer '${layer}': hard_sigmoid of Keras 3 is another function than tfjs's`);
  else if (!activations.has(renamed.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)))
    repairs.refuse(`layer '${layer}': tfjs has no activation '${given}'`);
  return renamed;
}

/** The weights are in the file, so that any initializer will do. */
function initializer(value: unknown, layer: string, repairs: Repairs): unknown {
  const object = asObject(value);
  if (!object) return value;
  const config = asObject(object.config) ?? {};
  const isOdd =
    (classOf(object) === 'Constant' && typeof config.value !== 'number') ||
    config.distribution === 'untruncated_normal';
  if (initializerClasses.has(classOf(object)) && !isOdd) return value;
  repairs.change('initializers that tfjs does not know are Zeros now: the weights are in the file', layer);
  return { class_name: 'Zeros', config: {} };
}

function regularizer(value: unknown, layer: string, repairs: Repairs): unknown {
  const object = asObject(value);
  if (!object || classOf(object) === 'L1L2') return value;
  const { l1 = 0, l2 = 0 } = asObject(object.config) ?? {};
  if (/^L[12]$/i.test(classOf(object))) {
    repairs.change('regularizers L1 and L2 are L1L2 now', layer);
    return { class_name: 'L1L2', config: { l1, l2 } };
  }
  repairs.change(
    `regularizers that tfjs does not know (${classOf(object)}) are left out: only training uses them`,
    layer,
  );
  return null;
}

function constraint(value: unknown, layer: string, repairs: Repairs): unknown {
  const object = asObject(value);
  if (!object || constraintClasses.has(classOf(object))) return value;
  repairs.change(
    `constraints that tfjs does not know (${classOf(object)}) are left out: only training uses them`,
    layer,
  );
  return null;
}
