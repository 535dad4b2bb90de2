import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export { median } from './median.mjs';

const require = createRequire(import.meta.url);

/** What the figures were made on: nothing that names the machine's owner or place. */
export function machine() {
  const [cpu] = cpus();
  return { cpu: cpu.model, cores: cpus().length, memoryGB: Math.round(totalmem() / 2 ** 30), node: process.version };
}

/** The versions of the packages that are installed, of those named. */
export function versions(names) {
  const version = (name) => {
    try {
      return require(`${name}/package.json`).version;
    } catch {
      return undefined;
    }
  };
  return Object.fromEntries(names.map((name) => [name, version(name)]).filter(([, found]) => found));
}

/** Writes a benchmark's JSON, beside it what it was made on; whole or not at all. */
export function writeResult(url, packages, result) {
  const file = fileURLToPath(url);
  const all = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    versions: versions(packages),
    ...result,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.tmp`, `${JSON.stringify(all, null, 2)}\n`);
  renameSync(`${file}.tmp`, file);
  console.log(`Written: ${file}`);
}

export function readResult(url) {
  return JSON.parse(readFileSync(fileURLToPath(url), 'utf8'));
}

export function meanAndSpread(values) {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return { mean, min: Math.min(...values), max: Math.max(...values) };
}
