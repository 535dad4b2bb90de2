/**
 * Memory of the decoder, one piece behind the other. What is taken is all zeros: models
 * store their numbers so that zeros are where they begin.
 */
let top: usize = 0;
/** What lies above has never been used. */
let highest: usize = 0;
/** Where what is kept for the whole file ends. */
let kept: usize = 0;

/** Starts behind the file, which is at 0. */
export function startAt(end: usize): void {
  top = end;
  highest = end;
}

export function take(bytes: usize): usize {
  const start = (top + 7) & -8;
  top = start + bytes;
  if (top < start) unreachable();
  const missing = <i32>((top + 0xffff) >>> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  if (start < highest) memory.fill(start, 0, min(highest, top) - start);
  highest = max(highest, top);
  return start;
}

/** Keeps what has been taken so far; `free` gives back what is taken after. */
export function keep(): void {
  kept = top;
}

export function free(): void {
  top = kept;
}

/** Bits that may still be read in trees and mixed contexts. */
let budget: i64 = 0;

export function setBudget(bits: i64): void {
  budget = bits;
}

export function spend(bits: u32): void {
  budget -= bits;
  check(budget >= 0);
}

/** Ends the decoding of data that no encoder writes. */
export function check(isValid: bool): void {
  if (!isValid) unreachable();
}
