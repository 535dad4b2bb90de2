import { few, number, numberSlots, takeFew } from './adaptive';
import { raw, word } from './bits';
import { check, take } from './memory';

/** The slots of all fields, kept for the file. */
let fields: usize = 0;
const fieldCount = 11;
const fieldLimit = 20;

export enum Positions {
  dense = 0,
  gaps = 1,
  mixed = 2,
  mixedDense = 3,
  few = 4,
}

export enum Values {
  raw = 0,
  float = 1,
  levels = 2,
  powers = 3,
  affine = 4,
  bytes = 5,
}

/** The coding of the tensor that is being read: see SPEC.md, "Tensors". */
export let positions: i32 = 0;
export let values: i32 = 0;
export let stride: u32 = 0;
export let exponent: i32 = 0;
export let mantissaBits: i32 = 0;
/** The words that occur; none for floats. */
export let levels: usize = 0;
export let levelCount: i32 = 0;

export function startFields(): void {
  fields = take(fieldCount * numberSlots * 8);
}

export function field(index: usize): i32 {
  return number(fields + index * numberSlots * 8, fieldLimit);
}

function bounded(index: usize, most: i32): i32 {
  const value = field(index);
  check(value <= most);
  return value;
}

export function readPlan(version: i32): void {
  positions = bounded(0, 4);
  values = bounded(1, 5);
  stride = (positions & ~1) === Positions.mixed ? bounded(2, 1 << 20) : 0;
  levelCount = exponent = mantissaBits = 0;
  if (values === Values.raw || values === Values.bytes) return;
  if (values === Values.affine) {
    const lowest = reinterpret<f32>(word(32));
    const scale = reinterpret<f32>(word(32));
    startLevels(256);
    for (let q = 0; q < 256; q++) setLevel(q, reinterpret<i32>(<f32>(<f64>lowest + <f64>q * <f64>scale)));
    return;
  }
  exponent = bounded(3, 255);
  if (values === Values.float) {
    mantissaBits = bounded(4, 23);
    return;
  }
  startLevels(bounded(5, 4096));
  const isPowers = values === Values.powers;
  check(!isPowers || levelCount <= 2 * (256 - exponent));
  const slots = takeFew();
  for (let i = 0, magnitude = 0; i < levelCount; i++) {
    if (isPowers) setLevel(i, ((i & 1) << 31) | ((exponent + (i >> 1)) << 23));
    else if (version === 1) setLevel(i, few(slots, exponent, 23));
    else {
      magnitude = (magnitude + field(10)) & 0x7fffffff;
      setLevel(i, magnitude | (raw(1) << 31));
    }
  }
}

function startLevels(count: i32): void {
  levelCount = count;
  levels = take(count << 2);
}

function setLevel(index: i32, bits: i32): void {
  store<i32>(levels + (index << 2), bits);
}

export function level(index: i32): i32 {
  return load<i32>(levels + (index << 2));
}
