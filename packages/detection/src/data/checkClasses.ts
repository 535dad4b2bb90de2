import { check } from '@tfjs-compress/math/internal';

/** Throws unless they are different names, at least one. */
export function checkClasses(classes: readonly string[] | undefined): void {
  if (classes === undefined) return;
  const areNames = Array.isArray(classes) && classes.every((name) => typeof name === 'string' && name !== '');
  check(areNames && classes.length > 0, 'classes', 'names, at least one', classes);
  check(new Set(classes).size === classes.length, 'classes', 'different names', classes);
}
