import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { compileScript, parse } from 'vue/compiler-sfc';
import { root } from '../../scripts/setup.mjs';

/** A .vue file as a module, as Vite's plugin makes it. */
const vueFiles: esbuild.Plugin = {
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor, errors } = parse(readFileSync(path, 'utf8'), { filename: path });
      if (errors.length > 0) throw errors[0];
      return { contents: compileScript(descriptor, { id: 'page', inlineTemplate: true }).content, loader: 'js' };
    });
  },
};

/**
 * Writes a project's files into `folder` and bundles main.js or main.jsx, and worker.js
 * where there is one, each for browsers. React and Vue come from this repository, all
 * else from the folder's surroundings. Returns the files to serve, by name.
 */
export async function bundleProject(folder: string, files: Record<string, string>): Promise<Record<string, string>> {
  for (const [path, code] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), code);
  }
  const entries = Object.keys(files).filter((path) => /^(main\.jsx?|worker\.js)$/.test(path));
  await esbuild.build({
    entryPoints: entries.map((path) => join(folder, path)),
    outdir: join(folder, 'dist'),
    bundle: true,
    format: 'esm',
    jsx: 'automatic',
    define: { 'process.env.NODE_ENV': '"development"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false' },
    nodePaths: [join(root, 'node_modules')],
    plugins: [vueFiles],
    logLevel: 'error',
  });
  return Object.fromEntries(
    entries.map((path) => path.replace('.jsx', '.js')).map((name) => [name, join(folder, 'dist', name)]),
  );
}
