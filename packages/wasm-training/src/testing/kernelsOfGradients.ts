import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';

const dist = join(dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-core/package.json')), 'dist');

/**
 * The kernels that tfjs-core's gradients call, each with the gradients that do: read from
 * the sources of the installed version, by following the imports of every gradient, and
 * of every operation that brings its own gradient, to the operations they compute with.
 */
export function kernelsOfGradients(): Map<string, string[]> {
  const callers = new Map<string, string[]>();
  for (const file of [...gradients(), ...operationsWithGradient()]) {
    for (const kernel of kernelsOf(file, file.includes('/gradients/'))) {
      callers.set(kernel, [...(callers.get(kernel) ?? []), file.slice(dist.length + 1)]);
    }
  }
  return callers;
}

function gradients(): string[] {
  const folder = join(dist, 'gradients');
  return readdirSync(folder)
    .filter((name) => name.endsWith('_grad.js'))
    .map((name) => join(folder, name));
}

function operationsWithGradient(): string[] {
  const folder = join(dist, 'ops');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.js') && !name.endsWith('_test.js'))
    .map((name) => join(folder, name))
    .filter((file) => /\bcustomGrad\(/.test(readFileSync(file, 'utf8')));
}

/**
 * The kernels that the operations imported by a file run; a gradient's own import of a
 * kernel's name only says whose gradient it is.
 */
function kernelsOf(file: string, isGradient: boolean, seen = new Set<string>()): Set<string> {
  const kernels = new Set<string>();
  if (seen.has(file)) return kernels;
  seen.add(file);
  const source = readFileSync(file, 'utf8');
  for (const [, names, from] of source.matchAll(/import\s*\{([^}]*)\}\s*from '([^']+)'/g)) {
    const imported = `${resolve(dirname(file), from)}.js`;
    if (imported.endsWith('kernel_names.js')) {
      const used = names.split(',').map((name) => name.trim().split(' as ')[0]);
      for (const name of used) if (!isGradient || source.includes(`runKernel(${name}`)) kernels.add(kernelName(name));
    } else if (imported.includes('/ops/')) {
      for (const kernel of kernelsOf(imported, false, seen)) kernels.add(kernel);
    }
  }
  return kernels;
}

const names = readFileSync(join(dist, 'kernel_names.js'), 'utf8');

function kernelName(constant: string): string {
  return new RegExp(`export const ${constant} = '(\\w+)'`).exec(names)?.[1] ?? constant;
}
