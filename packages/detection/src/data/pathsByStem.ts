import { splitExtension } from './ImageSource.js';

/**
 * Paths by what they are without extension, of those that have one of the extensions in
 * any case.
 */
export function pathsByStem(paths: readonly string[], extensions: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  const rank = (path: string) => extensions.indexOf(splitExtension(path)[1].toLowerCase());
  for (const path of paths) {
    const [stem] = splitExtension(path);
    const before = found.get(stem);
    if (rank(path) >= 0 && (before === undefined || rank(path) < rank(before))) found.set(stem, path);
  }
  return found;
}
