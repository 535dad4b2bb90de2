/** The versions of Node that README promises. */
export const majors = [20, 22, 24, 26];
