import { defineConfig } from 'vitepress';
import { home, slugOf, withIncludes } from './include.mjs';

const guide = [
  ['Start', '/'],
  ['In a browser', '/browser'],
  ['React and Vue', '/frameworks'],
  ['Choosing settings', '/settings'],
  ['How it works', '/methods'],
  ['Templates', '/templates'],
  ['Coming from another tool', '/coming-from'],
  ['Errors and what to do', '/troubleshooting'],
];
const reference = [
  ['tfjs-compress', '/tfjs-compress'],
  ['Command line', '/tfjs-compress#command-line'],
  ['Callbacks', '/callbacks'],
  ['Layers', '/layers'],
  ['The file', '/format'],
  ['The file, byte by byte', '/spec'],
  ['Runtime', '/runtime'],
  ['Detection', '/detection'],
  ['Training on WebAssembly', '/wasm-training'],
  ['Math', '/math'],
  ['API', '/api'],
];
const project = [
  ['Versions and platforms', '/platforms'],
  ['Benchmarks', '/benchmarks'],
  ['The state of TensorFlow.js', '/tfjs'],
];
const links = (list) => list.map(([text, link]) => ({ text, link }));

export default defineConfig({
  title: 'tfjs-compress',
  description: 'Makes TensorFlow.js models small while they train.',
  lang: 'en',
  base: process.env.SITE_BASE ?? '/',
  outDir: '../output/site',
  cleanUrls: false,
  srcExclude: ['**/README.md'],
  themeConfig: {
    search: {
      provider: 'local',
      options: { _render: (text, env, md) => md.render(withIncludes(text, env.path), env) },
    },
    nav: [
      { text: 'Start', link: '/' },
      { text: 'Live', link: '/live/index.html', target: '_self' },
      { text: 'Errors', link: '/troubleshooting' },
      { text: 'API', link: '/api' },
      { text: 'GitHub', link: home },
    ],
    sidebar: [
      { text: 'Guide', items: links(guide) },
      { text: 'Reference', items: links(reference) },
      { text: 'Project', items: links(project) },
    ],
    outline: [2, 3],
  },
  markdown: {
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    anchor: { slugify: slugOf },
    toc: { slugify: slugOf },
    headers: { slugify: slugOf },
    // Blocks that are indented are scrolled by keys, as those with a language are.
    config: (md) => {
      const block = md.renderer.rules.code_block;
      md.renderer.rules.code_block = (...args) => block(...args).replace('<pre', '<pre tabindex="0"');
    },
  },
  vite: {
    plugins: [
      {
        name: 'includes',
        enforce: 'pre',
        transform: (text, id) => (id.endsWith('.md') ? withIncludes(text, id) : undefined),
      },
    ],
    build: { chunkSizeWarningLimit: 2000 },
  },
});
