/** y of x and z, element by element. */

export const add = 0;
export const subtract = 1;
export const multiply = 2;
export const maximum = 3;
export const minimum = 4;
export const divide = 5;
/** x ≥ 0 ? x : z x */
export const prelu = 6;
