/**
 * The programs of entries/ as single files for a page or for Node, as esbuild makes them
 * for production.
 */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';

const here = createRequire(import.meta.url);
const entryFolder = fileURLToPath(new URL('entries/', import.meta.url));

/**
 * A bundler that writes to `folder`. `rivals`: the folder in which the rivals' packages
 * were installed; `fromSource`: bundle the packages of this repository from TypeScript.
 */
export function bundler({ folder, rivals, fromSource }) {
  mkdirSync(folder, { recursive: true });
  const modules = rivals && join(rivals, 'node_modules');
  const made = new Map();

  /**
   * The absolute path of a package's file; undefined when the package is not installed.
   */
  const find = (file) => {
    const rival = modules && join(modules, file);
    if (rival && existsSync(rival)) return rival;
    const name = file
      .split('/')
      .slice(0, file.startsWith('@') ? 2 : 1)
      .join('/');
    try {
      return join(here.resolve(`${name}/package.json`), '..', file.slice(name.length));
    } catch {
      return undefined;
    }
  };

  const build = async (entry, forNode) => {
    const outfile = join(folder, `${entry}.${forNode ? 'cjs' : 'mjs'}`);
    await esbuild.build({
      entryPoints: [join(entryFolder, `${entry}.mjs`)],
      outfile,
      bundle: true,
      minify: true,
      format: forNode ? 'cjs' : 'esm',
      platform: forNode ? 'node' : 'browser',
      mainFields: ['module', 'main'],
      nodePaths: modules ? [modules] : [],
      conditions: fromSource ? ['tfjs-compress-source'] : [],
      alias: aliases(modules, forNode),
      plugins: [slimCore],
      logLevel: 'error',
    });
    return outfile;
  };

  return {
    find,
    isInstalled: ({ rival }) => !rival || find(`${rival}/package.json`) !== undefined,
    /** The bundle's path. */
    bundle(entry, { forNode = false } = {}) {
      const key = `${entry} ${forNode}`;
      if (!made.has(key)) made.set(key, build(entry, forNode));
      return made.get(key);
    },
    /** Copies files of packages beside the bundles; returns their paths. */
    copy: (files) =>
      files.map((file) => {
        const target = join(folder, basename(file));
        copyFileSync(find(file), target);
        return target;
      }),
  };
}

function aliases(modules, forNode) {
  if (!modules) return {};
  return {
    // The ES modules that its manifest names lack a file.
    '@tensorflow/tfjs-tflite': join(modules, '@tensorflow/tfjs-tflite/dist/tf-tflite.fesm.min.js'),
    // Its ES module finds its place by import.meta, which CommonJS does not have.
    ...(forNode && { 'onnxruntime-web/wasm': join(modules, 'onnxruntime-web/dist/ort.wasm.min.js') }),
  };
}

/**
 * tfjs-core without the gradients of its operations and without chained operations, which
 * prediction does not need: its own advice for small bundles.
 */
const slimCore = {
  name: 'slim-core',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@tensorflow\/tfjs-core$/ }, () => ({ path: 'core', namespace: 'slim-core' }));
    onLoad({ filter: /.*/, namespace: 'slim-core' }, () => ({
      contents: `import '@tensorflow/tfjs-core/dist/base_side_effects'; export * from '@tensorflow/tfjs-core/dist/base';`,
      resolveDir: entryFolder,
    }));
  },
};

export function sizeOf(file) {
  return readFileSync(file).length;
}
