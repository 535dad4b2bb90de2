import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packPublicPackages } from '../../scripts/packages.mjs';
import { run } from './run.js';
import { templateDependencies } from './templates.js';

/**
 * Projects outside the monorepo with the packed packages in their node_modules: absolute
 * paths.
 */
export interface Consumers {
  /**
   * "type": "module", with @tensorflow/tfjs, its WebGPU backend, and what a queue of
   * trials needs.
   */
  esm: string;
  /** "type": "commonjs", with @tensorflow/tfjs. */
  cjs: string;
  /**
   * "type": "module", without @tensorflow/tfjs: only what is needed, and a second copy of
   * tfjs-layers as 'layers-copy'.
   */
  slim: string;
  /** "type": "module", with the runtime alone; Deno and Bun stand beside it. */
  runtime: string;
  /** "type": "module", with what the templates in examples/ ask for. */
  templates: string;
  /** The .tgz files by package name. */
  tarballs: Record<string, string>;
}

const tfjs = '4.22.0';

/**
 * What tfjs names of Node's, and Parcel would install into the project while it bundles.
 */
const forParcel = { buffer: '^6.0.3', process: '^0.11.10' };

export async function installConsumers(folder: string): Promise<Consumers> {
  const tarballs = packPublicPackages(folder);
  const project = async (
    name: string,
    type: string,
    dependencies: Record<string, string>,
    names = Object.keys(tarballs),
  ) => {
    const path = join(folder, name);
    mkdirSync(path);
    const ours = Object.fromEntries(names.map((key) => [key, `file:${tarballs[key]}`]));
    const manifest = { name, version: '1.0.0', private: true, type, dependencies: { ...dependencies, ...ours } };
    writeFileSync(join(path, 'package.json'), JSON.stringify(manifest, null, 2));
    await run('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: path });
    return path;
  };
  const slimDependencies = {
    '@tensorflow/tfjs-core': tfjs,
    '@tensorflow/tfjs-layers': tfjs,
    '@tensorflow/tfjs-backend-cpu': tfjs,
    'layers-copy': `npm:@tensorflow/tfjs-layers@${tfjs}`,
  };
  const [esm, cjs, slim, runtime, templates] = await Promise.all([
    project('esm', 'module', {
      '@tensorflow/tfjs': tfjs,
      '@tensorflow/tfjs-backend-webgpu': tfjs,
      bullmq: '6.7.0',
      ioredis: '6.0.0',
      ...forParcel,
    }),
    project('cjs', 'commonjs', { '@tensorflow/tfjs': tfjs }),
    project('slim', 'module', slimDependencies),
    project('runtime', 'module', { bun: '^1.4.5', deno: '^2.9.6' }, ['@tfjs-compress/runtime']),
    project('templates', 'module', templateDependencies()),
  ]);
  return { esm, cjs, slim, runtime, templates, tarballs };
}

/**
 * Copies test-e2e/projects/`name` into the consumer project as the subfolder `name`;
 * returns its path.
 */
export function place(name: string, consumer: string): string {
  const target = join(consumer, name);
  cpSync(join(import.meta.dirname, '..', 'projects', name), target, { recursive: true });
  return target;
}
