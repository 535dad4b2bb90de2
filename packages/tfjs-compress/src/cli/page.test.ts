import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { model as functional, input, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { artifactsOf } from '@tfjs-compress/format/internal';
import { teachableMachine } from '@tfjs-compress/testing';
import { parseHTML } from 'linkedom';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { PageConfig } from '../page/PageConfig.js';
import { artifactsWith, graphArtifacts, layer, sequential as topology } from '../testing.js';
import { makeProgram } from './program.js';
import { writeModel } from './writeModel.js';

// They are built files, which need not be there or up to date; test-e2e/modelPage.test.ts
// opens pages with the real ones.
vi.mock('../page/scripts.js', () => ({
  clientScript: () => 'client()',
  runtimeScript: (kind: string) => `runtime('${kind}');${Array.from({ length: 5000 }, (_, i) => Math.sin(i)).join()}`,
}));

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const at = (name: string) => join(folder, name);
let printed = '';

async function run(...args: string[]): Promise<void> {
  printed = '';
  const print = (line: string) => {
    printed += `${line}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  const program = makeProgram();
  for (const each of [program, ...program.commands]) each.exitOverride().configureOutput({ writeErr: print });
  await program.parseAsync(['page', ...args], { from: 'user' });
}

async function save(name: string, model: LayersModel): Promise<void> {
  writeModel(at(name), await artifactsOf(model));
}

function open(name: string): { document: Document; config: PageConfig } {
  const { document } = parseHTML(readFileSync(at(name), 'utf8'));
  return { document, config: JSON.parse(document.getElementById('config')!.textContent!) };
}

beforeAll(async () => {
  await save('teachable', teachableMachine());
  await save('digits.tfz', sequential({ layers: [layers.dense({ name: 'digit', units: 10, inputShape: [784] })] }));
  const [a, b] = ['a', 'b'].map((name) => input({ shape: [3], name }));
  const sum = layers.add().apply([a, b]) as typeof a;
  const outputs = [2, 1].map((units) => layers.dense({ units, name: `out${units}` }).apply(sum) as typeof a);
  await save('several', functional({ inputs: [a, b], outputs }));
  writeModel(
    at('lambda'),
    artifactsWith(topology(layer('Lambda', 'odd', { batch_input_shape: [null, 2], function: 'x' })), []),
  );
  writeModel(at('graph'), graphArtifacts());
});
afterEach(() => void vi.restoreAllMocks());
afterAll(() => rmSync(folder, { recursive: true }));

describe('page', () => {
  it('writes a small model without the runtime that reads files, and says how many bytes', async () => {
    await run(at('digits.tfz'), at('digits.html'));
    const { document, config } = open('digits.html');
    expect(document.title).toBe('digits');
    expect(config.inputs).toMatchObject([{ kind: 'image', height: 28, width: 28, channels: 1, shape: [1, 784] }]);
    expect(config.outputs).toEqual([{ name: 'digit', labels: null }]);
    expect(config).toMatchObject({ range: '0..1', frozen: { inputs: [{ length: 784 }], outputs: [{ length: 10 }] } });
    const { page, model, runtime } = config.bytes;
    expect(page).toBe(readFileSync(at('digits.html')).length);
    expect(printed).toBe(
      `${at('digits.html')}: ${page} bytes, with the model (${model}) and the runtime (${runtime}) in it\n`,
    );
  });

  it('writes a larger model as its file, with the runtime', async () => {
    await run(at('teachable/model.json'), at('out/page.html'));
    const { document, config } = open('out/page.html');
    expect(document.title).toBe('teachable');
    expect(config).toMatchObject({
      inputs: [{ kind: 'image', height: 224, width: 224, channels: 3 }],
      range: '-1..1',
      frozen: null,
    });
    expect(Buffer.from(document.getElementById('model')!.textContent!, 'base64').length).toBe(config.bytes.model);
  });

  it('takes labels, for one of several outputs too, a title and a range', async () => {
    writeFileSync(at('labels.txt'), 'no\n</script>\n');
    const options = ['--labels', at('labels.txt'), '--title', 'Rock & <paper>', '--range', '-1..1'];
    await run(at('several'), at('several.html'), ...options);
    const { document, config } = open('several.html');
    expect(document.title).toBe('Rock & <paper>');
    expect(config.range).toBe('-1..1');
    expect(config.inputs.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'numbers'],
      ['b', 'numbers'],
    ]);
    expect(config.outputs).toEqual([
      { name: 'out2', labels: ['no', '</script>'] },
      { name: 'out1', labels: null },
    ]);
  });

  it.each([
    [['nowhere', 'x.html'], 'nowhere: there is no such file or folder.'],
    [['lambda', 'x.html'], "the runtime cannot run this model: layer 'odd' (Lambda): "],
    [['graph', 'x.html'], 'graph: the runtime cannot run this model: this is a graph model'],
    [['digits.tfz', 'x.htm'], 'Expected a name ending in .html.'],
    [['digits.tfz', 'folder.html'], 'folder.html: this is a folder, expected a file to write.'],
    [['digits.tfz', 'x.html', '--range', '0..2'], 'Allowed choices are 0..1, -1..1, 0..255.'],
    [['digits.tfz', 'x.html', '--labels', 'none'], 'none: there is no such file.'],
    [['digits.tfz', 'x.html', '--labels', 'two'], "(10 for output 'digit'), received 2."],
  ])('%j is refused, and nothing is written', async (args, message) => {
    mkdirSync(at('folder.html'), { recursive: true });
    writeFileSync(at('two'), 'a\nb');
    const isName = (each: string) => !/^(--|-?\d)/.test(each);
    const error = await run(...args.map((each) => (isName(each) ? at(each) : each))).catch((each) => each);
    expect(`${printed}${error.message}`).toContain(message);
    expect(existsSync(at('x.html'))).toBe(false);
  });

  it('writes to where a link points, and over a page that is there', async () => {
    writeFileSync(at('target.html'), 'old');
    symlinkSync(at('target.html'), at('link.html'));
    await run(at('digits.tfz'), at('link.html'));
    expect(readFileSync(at('target.html'), 'utf8')).toContain('<title>digits</title>');
  });
});
