/** fit shuffles with Math.random. */
export function seedShuffling(seed) {
  let state = seed + 1;
  Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
