import { both } from './adaptive';
import { take } from './memory';

/** The longest match that is told apart from longer ones. */
const longest: usize = 15;

/** Text of version 2: bytes [start, end), after those from `from` on, which are known. */
export function guessText(from: usize, start: usize, end: usize): void {
  const slots = take(1 << 19);
  const afterFour = take(1 << 18);
  const afterTwo = take(1 << 18);
  let four: usize = 0;
  let two: usize = 0;
  let match = from;
  let matched: usize = 0;
  for (let at = from; at < end; at++) {
    const isKnown = at < start;
    const before: usize = two & 255;
    const placeFour = afterFour + (four << 2);
    const placeTwo = afterTwo + (two << 2);
    if (!isKnown && matched === 0) {
      // Places count from `from`: 0 is that of the first byte, and of none.
      match = from + load<usize>(placeFour);
      while (
        matched < longest &&
        matched < match - from &&
        load<u8>(match - 1 - matched) === load<u8>(at - 1 - matched)
      ) {
        matched++;
      }
    }
    if (!isKnown && matched > 0 && both(slot(slots, matched + (before << 5)), slot(slots, matched), 0)) {
      store<u8>(at, load<u8>(match++));
      if (matched < longest) matched++;
    } else {
      if (!isKnown) {
        const second = load<u8>(from + load<usize>(placeTwo));
        store<u8>(at, other(slots, before, second, matched > 0 ? load<u8>(match) : -1));
        matched = 0;
      }
      store<usize>(placeFour, at - from);
      store<usize>(placeTwo, at - from);
    }
    const byte = <usize>load<u8>(at);
    four = ((four << 4) ^ byte) & 0xffff;
    two = ((two << 8) | byte) & 0xffff;
  }
}

function slot(slots: usize, index: usize): usize {
  return slots + (index << 2);
}

/** A byte that is not `wrong`: the second guess, or bit by bit. */
function other(slots: usize, before: usize, second: i32, wrong: i32): i32 {
  const general: usize = wrong < 0 ? 16 : 17;
  if (second !== wrong && both(slot(slots, general + (before << 5)), slot(slots, general), 0)) return second;
  let node: usize = 1;
  while (node < 256) {
    const average: usize = 0x10000 + node;
    node = 2 * node + both(slot(slots, average + (before << 8)), slot(slots, average), 0);
  }
  return <i32>node & 255;
}
