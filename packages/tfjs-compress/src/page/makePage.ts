import { escapeText } from '../escapeText.js';
import { deflated, type Engine } from './engines.js';
import type { PageConfig } from './PageConfig.js';
import { style } from './style.js';

export interface PageParts {
  title: string;
  config: Omit<PageConfig, 'bytes' | 'frozen'>;
  engine: Engine;
  /** The page's own script. */
  client: string;
}

export interface Page {
  html: string;
  bytes: PageConfig['bytes'];
}

/**
 * A page that runs a model and needs nothing else. The scripts are in it deflated and in
 * base64, inflated and added to the page when it is opened. Its Content-Security-Policy
 * allows these scripts by their hashes, WebAssembly, and nothing else: no request, no
 * other script, whatever the model's names and labels hold. It is made in a browser as
 * well.
 */
export async function makePage({ title, config, engine, client }: PageParts): Promise<Page> {
  const script = `${engine.script}${client}`;
  const [model, code] = [base64(engine.payload), base64(await deflated(script))];
  const policy = [
    "default-src 'none'",
    `script-src ${await hash(start)} ${await hash(script)} 'wasm-unsafe-eval'`,
    `style-src ${await hash(style)}`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const page = (settings: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeText(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeText(title)}</h1>
<p>The model runs in this page. Nothing you enter leaves it.</p>
<div id="app"><noscript>This page needs JavaScript.</noscript></div>
</main>
<script type="application/json" id="config">${settings}</script>
<script type="text/plain" id="model">${model}</script>
<script type="text/plain" id="code">${code}</script>
<script>${start}</script>
</body>
</html>
`;
  const bytes = { page: 0, ...engine.bytes };
  // Its own number of bytes is in the page: a number of another length would change it.
  const settings = (all: PageConfig['bytes']) =>
    inScript(JSON.stringify({ ...config, frozen: engine.plan, bytes: all }));
  for (let length = -1; length !== bytes.page; ) {
    length = bytes.page;
    bytes.page = encoder.encode(page(settings(bytes))).length;
  }
  return { html: page(settings(bytes)), bytes };
}

/** Inflates the scripts and adds them: what the page starts with. */
const start = `(async()=>{
const s=document.createElement('script'),b=Uint8Array.from(atob(document.getElementById('code').textContent),c=>c.charCodeAt(0));
s.textContent=await new Response(new Blob([b]).stream().pipeThrough(new DecompressionStream('deflate-raw'))).text();
document.head.append(s)
})().catch(e=>{document.getElementById('app').textContent='This page needs a browser of 2023 or later: '+e.message})`;

const encoder = new TextEncoder();
/** Arguments that a call may have, in every engine. */
const atOnce = 8192;

function base64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += atOnce) text += String.fromCharCode(...bytes.subarray(i, i + atOnce));
  return btoa(text);
}

async function hash(text: string): Promise<string> {
  if (!crypto.subtle)
    throw new Error('make the page on https:// or on localhost: elsewhere browsers have no crypto.subtle.');
  const digest = await crypto.subtle.digest('SHA-256', encoder.encode(text));
  return `'sha256-${base64(new Uint8Array(digest))}'`;
}

/**
 * JSON that neither ends the script element that it stands in nor opens a comment there.
 */
function inScript(json: string): string {
  return json.replace(/</g, '\\u003c');
}
