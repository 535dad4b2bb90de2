import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { fileEngine } from './engines.js';
import { makePage, type PageParts } from './makePage.js';

const parts: PageParts = {
  title: 'Digits',
  config: {
    inputs: [{ name: 'x', kind: 'numbers', count: 2, shape: [1, 2] }],
    outputs: [{ name: 'y', labels: ['no', 'yes'] }],
    range: '0..1',
  },
  engine: await fileEngine(Uint8Array.of(0, 1, 254, 255), 'globalThis.tfjsCompress = {};\n'),
  client: "document.title = 'µ';",
};

async function open(page: PageParts) {
  const { html, bytes } = await makePage(page);
  const { document } = parseHTML(html);
  const text = (id: string) => document.getElementById(id)!.textContent!;
  return { html, bytes, document, text };
}

describe('a page', () => {
  it('holds the model, the scripts and what it has to know', async () => {
    const { text, document, bytes, html } = await open(parts);
    expect(Uint8Array.from(Buffer.from(text('model'), 'base64'))).toEqual(parts.engine.payload);
    expect(inflateRawSync(Buffer.from(text('code'), 'base64')).toString()).toBe(
      `${parts.engine.script}${parts.client}`,
    );
    expect(JSON.parse(text('config'))).toEqual({ ...parts.config, frozen: null, bytes });
    expect(document.querySelector('html')!.getAttribute('lang')).toBe('en');
    expect(document.title).toBe('Digits');
    expect(bytes).toMatchObject({ page: Buffer.byteLength(html), model: 4 });
  });

  it('knows its own length, whatever that is', async () => {
    for (let length = 0; length < 300; length++) {
      const { html, bytes } = await makePage({ ...parts, engine: await fileEngine(new Uint8Array(3 * length), '') });
      expect(bytes.page).toBe(Buffer.byteLength(html));
    }
  });

  it('lets only its own scripts and style run, and asks for nothing', async () => {
    const { document, html } = await open(parts);
    const policy = document.querySelector('meta[http-equiv]')!.getAttribute('content')!;
    const hash = (content: string) => `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).toContain(hash(document.querySelector('style')!.textContent!));
    expect(policy).toContain(hash(document.querySelector('script:not([type])')!.textContent!));
    expect(policy).toContain(hash(`${parts.engine.script}${parts.client}`));
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'.*unsafe-eval|https?:|\*/);
    expect(html.replace('href="data:,"', '')).not.toMatch(/(src|href)=|@import|url\(/);
  });

  it.each([
    '</script><script>alert(1)</script>',
    '<!--<script>',
    '</title><img src=x onerror=alert(1)>',
    '"><style>*{display:none}</style>',
    '\u2028\u0000&lt;',
  ])('takes %j for text in title, names and labels', async (text) => {
    const ours = await open(parts);
    const { document, text: textOf } = await open({
      ...parts,
      title: text,
      config: {
        ...parts.config,
        inputs: [{ ...parts.config.inputs[0], name: text }],
        outputs: [{ name: text, labels: [text] }],
      },
    });
    const count = (of: Document) => of.querySelectorAll('*').length;
    expect(count(document)).toBe(count(ours.document));
    const { inputs, outputs } = JSON.parse(textOf('config'));
    expect([inputs[0].name, outputs[0].name, outputs[0].labels[0]]).toEqual([text, text, text]);
    expect(document.title.replace(/\s+/g, ' ')).toBe(text.replace(/\s+/g, ' '));
  });
});
