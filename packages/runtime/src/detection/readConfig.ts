import {
  check,
  checkInteger,
  checkOneOf,
  type DetectOptions,
  detectOptionsOf,
  type GridOptions,
  type ImageConfig,
  preprocessings,
} from '@tfjs-compress/math/internal';

/** What a detector's file says of it beside its layers. */
export interface DetectorConfig extends ImageConfig {
  classes: string[];
  variant: 'full' | 'fast';
  /**
   * Of the sliding windows: their distance in pixels, square roots of their areas,
   * heights divided by widths.
   */
  candidates: { stride: number; scales: number[]; ratios: number[] };
  /**
   * Pixels of the image in a cell of the map that boxes are pooled from, and in one of
   * the deepest map.
   */
  mapStride: number;
  deepestStride: number;
  /** The model's own defaults of detect() and propose(). */
  detect: DetectOptions;
}

const largestSide = 2 ** 14;
const largestStride = 512;
const mostWindows = 2 ** 23;

/** @throws ArgumentError where the metadata are not a detector's. */
export function readConfig(metadata: any): DetectorConfig {
  const { hyperNet: config, strides } = metadata ?? {};
  const isDetector = typeof config === 'object' && config !== null && Array.isArray(strides) && strides.length === 3;
  check(isDetector, 'source', 'a detector that Detector.save() wrote', 'another model');
  const { classes, variant, preprocessing, shortSide, longSide, candidates, detect = {} } = config;
  const isNamed = Array.isArray(classes) && classes.every((name) => typeof name === 'string');
  check(isNamed, 'classes', 'names', classes);
  checkOneOf(variant, ['full', 'fast'], 'variant');
  checkOneOf(preprocessing, preprocessings, 'preprocessing');
  checkInteger(shortSide, 'shortSide', 1, largestSide);
  checkInteger(longSide, 'longSide', shortSide, largestSide);
  const { stride, scales, ratios } = candidates ?? {};
  checkInteger(stride, 'candidates.stride', 1);
  for (const [name, list] of Object.entries({ scales, ratios })) {
    const isGood = Array.isArray(list) && list.length > 0 && list.every((one) => one > 0 && one < largestSide);
    check(isGood, `candidates.${name}`, 'positive numbers', list);
  }
  const [, mapStride, deepestStride] = strides;
  checkInteger(mapStride, 'strides[1]', 1, largestStride);
  checkInteger(deepestStride, 'strides[2]', mapStride, largestStride);
  check(typeof detect === 'object' && detect !== null, 'detect', 'an object of options', detect);
  detectOptionsOf(detect, 'detect');
  return {
    classes: [...classes],
    variant,
    preprocessing,
    shortSide,
    longSide,
    candidates: { stride, scales, ratios },
    mapStride,
    deepestStride,
    detect: { ...detect },
  };
}

/**
 * Where windows slide over an image [1, height, width, 3].
 *
 * @throws ArgumentError for too many of them.
 */
export function gridOf({ candidates }: DetectorConfig, [, height, width]: readonly number[]): GridOptions {
  const { stride, scales, ratios } = candidates;
  const windows = Math.ceil(width / stride) * Math.ceil(height / stride) * scales.length * ratios.length;
  check(windows <= mostWindows, 'candidates', `at most ${mostWindows} windows`, windows);
  return { width, height, ...candidates };
}
