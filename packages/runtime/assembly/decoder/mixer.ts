import { stepOf } from './adaptive';
import { bit } from './bits';
import { take } from './memory';

/*
 * Version 1 mixes the predictions of several contexts (SPEC.md, "Mixing"). Its tables
 * have 4096 doubles.
 */
const tableSize: usize = 4096;
let squash: usize = 0;
let stretch: usize = 0;

export function startMixing(): void {
  squash = take(tableSize * 8);
  stretch = take(tableSize * 8);
  let power: f64 = 1.0029339832284467; // e^(12 / 4096)
  for (let i: usize = tableSize / 2; i < tableSize; i++) {
    store<f64>(squash + (i << 3), power / (1 + power));
    store<f64>(squash + ((tableSize - 1 - i) << 3), 1 / (1 + power));
    power *= 1.0058765747144782; // e^(24 / 4096)
  }
  for (let i: usize = 0, x: usize = 0; i < tableSize; i++) {
    while (x < tableSize - 1 && load<f64>(squash + (x << 3)) < (<f64>i + 0.5) / tableSize) x++;
    store<f64>(stretch + (i << 3), ((<f64>x + 0.5) / tableSize - 0.5) * 24);
  }
}

/*
 * A mixer in memory, by offset: 8 slots of u32, 8 doubles (stretched predictions), then
 * what it was made with, then weights[set][input].
 */
const stretchedAt = 32;
const inputsAt = 96;
const limitAt = 100;
const rateAt = 104;
const mostAt = 112;
/**
 * Of p and n, 8 bytes a slot; n counts from `start`, and is less where the slot is to be
 * set back.
 */
const placeAt = 120;
const startAt = 124;
const weightsAt = 128;

export function createMixer(inputs: u32, sets: u32, limit: i32, rate: f64, most: f64, place: usize, start: i32): usize {
  const mixer = take(weightsAt + sets * inputs * 8);
  store<u32>(mixer, inputs, inputsAt);
  store<i32>(mixer, limit, limitAt);
  store<f64>(mixer, rate, rateAt);
  store<f64>(mixer, most, mostAt);
  store<usize>(mixer, place, placeAt);
  store<i32>(mixer, start, startAt);
  const each = 1 / <f64>max(2, inputs - 2);
  for (let i: u32 = 0; i < sets * inputs; i++) store<f64>(mixer + (i << 3), each, weightsAt);
  return mixer;
}

export function choose(mixer: usize, input: u32, slot: u32): void {
  store<u32>(mixer + (input << 2), slot);
}

/**
 * A bit with the chosen slots and a set of weights; -1 is for one that is not `known`.
 */
export function mix(mixer: usize, set: u32, known: i32): i32 {
  const inputs = load<u32>(mixer, inputsAt);
  const place = load<usize>(mixer, placeAt);
  const start = load<i32>(mixer, startAt);
  const most = load<f64>(mixer, mostAt);
  const weights = mixer + ((set * inputs) << 3);
  let sum: f64 = 0;
  for (let i: u32 = 0; i < inputs; i++) {
    const slot = place + (load<u32>(mixer + (i << 2)) << 3);
    if (load<i32>(slot, 4) < start) {
      store<i32>(slot, start, 4);
      store<f32>(slot, 0.5);
    }
    // A prediction counts for less until its slot has seen some bits.
    const n: f64 = load<i32>(slot, 4) - start;
    const index = <usize>(<f64>load<f32>(slot) * 4095.99);
    const stretched = load<f64>(stretch + (index << 3)) * ((n + 0.4) / (n + 1.6));
    store<f64>(mixer + (i << 3), stretched, stretchedAt);
    sum += load<f64>(weights + (i << 3), weightsAt) * stretched;
  }
  const index = <usize>((min(max(sum, -most), most) + 12) * (tableSize / 24.0));
  const mixed = load<f64>(squash + (index << 3));
  const coded = known < 0 ? bit(mixed) : known;
  const error = (<f64>coded - mixed) * load<f64>(mixer, rateAt);
  for (let i: u32 = 0; i < inputs; i++) {
    const slot = place + (load<u32>(mixer + (i << 2)) << 3);
    const weight = weights + (i << 3);
    store<f64>(weight, load<f64>(weight, weightsAt) + error * load<f64>(mixer + (i << 3), stretchedAt), weightsAt);
    const seen = load<i32>(slot, 4);
    const p: f64 = load<f32>(slot);
    store<f32>(slot, <f32>(p + (<f64>coded - p) * stepOf(seen - start)));
    if (seen - start < load<i32>(mixer, limitAt)) store<i32>(slot, seen + 1, 4);
  }
  return coded;
}
