import { take } from './memory';

/** Places of elements that are not 0, in order: 0 where decoding has told nothing. */
let list: usize = 0;
let listed: u32 = 0;
/** There is no room for more; they are counted. */
let most: u32 = 0;

export function forget(): void {
  list = 0;
}

/** Takes over a list of places. */
export function know(places: usize, count: u32): void {
  list = places;
  listed = count;
}

/** Starts a list for a tensor, of as many places as are of use. */
export function startList(size: u32): void {
  most = size >>> 1;
  know(take(most << 2), 0);
}

export function note(place: u32): void {
  if (listed < most) store<u32>(list + (listed << 2), place);
  listed++;
}

/**
 * Of a matrix of float32s that was just decoded, how many of each column are not 0, and
 * behind it where they are, one column after the other. 0 where they are more than half
 * of all.
 */
export function columnLists(data: usize, size: u32, columns: u32): usize {
  if (!list) {
    startList(size);
    for (let i: u32 = 0; i < size; i++) if (load<f32>(data + (i << 2)) !== 0) note(i);
  }
  if (listed > size >>> 1) return 0;
  const end = list + (listed << 2);
  const bytes: usize = columns << 2;
  const counts = take(bytes + (listed << 2));
  const next = take(bytes);
  for (let at = list; at < end; at += 4) {
    const count = counts + columnOf(at, columns);
    store<u32>(count, load<u32>(count) + 1);
  }
  let place = counts + bytes;
  for (let at: usize = 0; at < bytes; at += 4) {
    store<usize>(next + at, place);
    place += load<u32>(counts + at) << 2;
  }
  for (let at = list; at < end; at += 4) {
    const from = next + columnOf(at, columns);
    const to = load<usize>(from);
    store<u32>(to, load<u32>(at));
    store<usize>(from, to + 4);
  }
  return counts;
}

/** Four times the column of the place that is listed here. */
function columnOf(at: usize, columns: u32): usize {
  return (load<u32>(at) % columns) << 2;
}
