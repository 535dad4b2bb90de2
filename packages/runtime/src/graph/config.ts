type Json = Record<string, any>;

const maxDepth = 100;

export function isObject(value: unknown): value is Json {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/**
 * The first of these keys that an object has: files are in snake_case or in camelCase.
 */
export function either(json: Json, ...keys: string[]): any {
  for (const key of keys) if (Object.hasOwn(json, key) && json[key] != null) return json[key];
  return undefined;
}

/**
 * A config in camelCase, keys and strings, as tfjs makes it of what it reads
 * (convertPythonicToTs): only names stay. An activation that is an object without a
 * config becomes its name.
 */
export function camelCased(value: unknown, key = '', depth = 0): any {
  if (depth > maxDepth) throw new Error(`the topology is nested deeper than ${maxDepth} levels.`);
  if (typeof value === 'string') return key === 'name' ? value : camelCase(value);
  if (Array.isArray(value)) return value.map((each) => camelCased(each, '', depth + 1));
  if (!isObject(value)) return value;
  // fromEntries defines what it is given: a key '__proto__' changes no prototype.
  const result: Json = Object.fromEntries(
    Object.entries(value).map(([name, each]) => [camelCase(name), camelCased(each, name, depth + 1)]),
  );
  const isPlain = typeof result.className === 'string' && Object.keys(result.config ?? {}).length === 0;
  return /activation$/.test(key) && isPlain ? result.className : result;
}

function camelCase(text: string): string {
  return text.length > 1 ? text.replace(/_+(\w|$)/g, (_, letter) => letter.toUpperCase()) : text;
}

export function snakeCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
