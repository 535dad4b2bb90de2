import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compressed as decoderOnly } from '../decode.js';
import { compressed, exportStock, FormatError, pack, packAsync, unpack } from '../index.js';
import { mixedModel } from '../testing/models.js';

const folder = mkdtempSync(join(tmpdir(), 'format-'));
afterAll(() => rmSync(folder, { recursive: true }));
const model = mixedModel();

describe('file://', () => {
  it('keeps the file that was there when saving fails, and leaves no temporary one', async () => {
    const url = `file://${join(folder, 'kept', 'a.tfz')}`;
    await compressed(url).save(model);
    const bytes = readFileSync(url.slice(7));
    await expect(compressed(url).save({ ...model, weightSpecs: [] })).rejects.toThrow('artifacts.weightData');
    expect(readFileSync(url.slice(7))).toEqual(bytes);
    await expect(compressed(`file://${join(folder, 'kept')}`).save(model)).rejects.toThrow();
    expect(readdirSync(join(folder, 'kept'))).toEqual(['a.tfz']);
    expect(readdirSync(folder)).toEqual(['kept']);
  });

  it('names the file and the offset when it is no model', async () => {
    writeFileSync(join(folder, 'broken.tfz'), 'tf');
    const error = await compressed(`file://${join(folder, 'broken.tfz')}`)
      .load()
      .catch((each) => each);
    expect(error).toBeInstanceOf(FormatError);
    expect(error.message).toMatch(/broken\.tfz: this is not a compressed model \(at byte 2\)\.$/);
    rmSync(join(folder, 'broken.tfz'));
  });
});

describe('http://', () => {
  let server: Server;
  let base = '';
  let received = Buffer.alloc(0);
  beforeAll(async () => {
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part) => parts.push(part));
      request.on('end', () => {
        if (request.method === 'POST') received = Buffer.concat(parts);
        response.statusCode = request.url === '/model.tfz' ? 200 : 404;
        response.end(request.method === 'GET' ? pack(model) : '');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  it('loads and posts, with the decoder alone too', async () => {
    expect(await compressed(`${base}/model.tfz`).load()).toEqual(unpack(pack(model)));
    expect(await decoderOnly(`${base}/model.tfz`).load()).toEqual(unpack(pack(model)));
    const { responses } = await compressed(`${base}/model.tfz`).save(model);
    expect(responses?.[0].status).toBe(200);
    expect(received.includes(Buffer.from(pack(model)))).toBe(true);
  });

  it('says when the server does not', async () => {
    await expect(compressed(`${base}/other`).load()).rejects.toThrow('/other: the request failed with status 404');
    await expect(compressed(`${base}/other`).save(model)).rejects.toThrow('failed with status 404');
  });

  it('says what was asked for where there is no server, and what else to save to', async () => {
    const nowhere = 'http://127.0.0.1:1/model.tfz';
    await expect(compressed(nowhere).load()).rejects.toThrow(`${nowhere}: cannot be fetched: `);
    await expect(compressed(nowhere).save(model)).rejects.toThrow(/model\.tfz \(a POST\) failed: .*downloads:\/\/NAME/);
    await expect(compressed('model.tfz').save(model)).rejects.toThrow('Use file://PATH');
  });
});

describe('other handlers', () => {
  it('carry the file as weight data: an IOHandler, and what a URL scheme is registered for', async () => {
    let kept: io.ModelArtifacts | undefined;
    const handler: io.IOHandler = {
      async save(artifacts) {
        kept = artifacts;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      },
      load: async () => kept!,
    };
    io.registerSaveRouter((url) => (url === 'memory://m' ? handler : (null as never)));
    io.registerLoadRouter((url) => (url === 'memory://m' ? handler : (null as never)));
    for (const target of [handler, 'memory://m']) {
      kept = undefined;
      const { sizeBytes } = await compressed(target).save(model);
      expect((kept!.weightData as ArrayBuffer).byteLength).toBe(sizeBytes);
      expect(await compressed(target).load()).toEqual(unpack(pack(model)));
    }
    kept!.weightData = [(kept!.weightData as ArrayBuffer).slice(0, 9), (kept!.weightData as ArrayBuffer).slice(9)];
    expect(await decoderOnly(handler).load()).toEqual(unpack(pack(model)));
  });

  it('are files of an <input>, one at a time', async () => {
    const file = new File([pack(model).slice()], 'picked.tfz');
    expect(await compressed(file).load()).toEqual(unpack(pack(model)));
    expect(await compressed([file]).load()).toEqual(unpack(pack(model)));
    await expect(compressed([file, file]).load()).rejects.toThrow('1 file or a handler that can load, received 2');
    await expect(compressed(new File(['x'], 'picked.tfz')).load()).rejects.toThrow('picked.tfz: this is no');
    await expect(compressed(file).save(model)).rejects.toThrow('picked.tfz cannot be saved to');
    await expect(compressed({}).load()).rejects.toThrow('a handler that can load');
  });

  it('are refused when there are none', async () => {
    await expect(compressed('nowhere://x').load()).rejects.toThrow("0 handlers for 'nowhere://x'");
    await expect(compressed('downloads://x').save(model)).rejects.toThrow('needs a browser');
  });
});

describe('onProgress and onWeight', () => {
  it('tell how far packing is, and what each weight takes', () => {
    const progress: number[] = [];
    const sizes: [string, number][] = [];
    const file = pack(model, {
      onProgress: (fraction) => progress.push(fraction),
      onWeight: (...each) => sizes.push(each),
    });
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(sizes.map(([name]) => name)).toEqual(model.weightSpecs?.map(({ name }) => name));
    const { weightSpecs: _, weightData: __, ...rest } = model;
    const sum = sizes.reduce((total, [, bytes]) => total + bytes, 0);
    expect(Math.abs(file.length - pack(rest).length - sum)).toBeLessThan(100);
  });
});

describe('signal', () => {
  it('ends a save that has packed all of the model', async () => {
    const button = new AbortController();
    const path = join(folder, 'late.tfz');
    const onProgress = (done: number) => done === 1 && button.abort(new Error('late'));
    const saved = compressed(`file://${path}`, { signal: button.signal, onProgress }).save(model);
    await expect(saved).rejects.toThrow('late');
    expect(existsSync(path)).toBe(false);
  });

  it('ends packing and saving with its reason, and is checked', async () => {
    const button = new AbortController();
    const packed = packAsync(model, { signal: button.signal, onProgress: () => button.abort(new Error('enough')) });
    await expect(packed).rejects.toThrow('enough');
    const path = join(folder, 'stopped.tfz');
    await expect(compressed(`file://${path}`, { signal: button.signal }).save(model)).rejects.toThrow('enough');
    expect(existsSync(path)).toBe(false);
    await expect(compressed('http://localhost/x', { signal: button.signal }).load()).rejects.toThrow('enough');
    await expect(compressed(pack(model), { signal: button.signal }).load()).rejects.toThrow('enough');
    expect(await packAsync(model, { signal: new AbortController().signal })).toEqual(pack(model));
    await expect(packAsync(model, { signals: true } as never)).rejects.toThrow("Did you mean 'signal'?");
    await expect(packAsync(model, { signal: true as never })).rejects.toThrow('signal: expected an AbortSignal');
    expect(() => compressed(pack(model), { signal: null as never })).toThrow('signal: expected an AbortSignal');
  });
});

describe('bad arguments', () => {
  it('are named', () => {
    expect(() => pack(model, { quantise: {} } as never)).toThrow("Did you mean 'quantize'?");
    expect(() => pack(model, { onProgress: 5 } as never)).toThrow('onProgress: expected a function, received 5.');
    expect(() => pack(model, { onWeight: 'name' } as never)).toThrow('onWeight: expected a function');
    expect(() => pack(model, { quantize: { uint8: [] } })).toThrow('quantize.uint8: expected a selector or a list');
    expect(() => pack(model, { quantize: { float61: '*' } } as never)).toThrow("Did you mean 'float16'?");
    expect(() => pack(model, { quantize: { float16: '*', uint8: '*' } })).toThrow(
      "one coding for weight 'powers/kernel'",
    );
    expect(() => pack({ modelTopology: new ArrayBuffer(2) })).toThrow('artifacts.modelTopology');
    expect(() => pack({ getWeightStream: () => new ReadableStream() })).toThrow('artifacts.weightData');
  });
});

describe('quantize', () => {
  const floats = (artifacts: io.ModelArtifacts) => new Float32Array(artifacts.weightData as ArrayBuffer);
  const before = floats(model);

  it('rounds the selected weights to float16, and no others', () => {
    const after = floats(unpack(pack(model, { quantize: { float16: ['dense/*'] } })));
    const dense = before.subarray(608, 668);
    expect(after.subarray(0, 608)).toEqual(before.subarray(0, 608));
    expect(after.subarray(608, 668)).not.toEqual(dense);
    dense.forEach((value, i) => {
      expect(Math.abs(after[608 + i] - value)).toBeLessThanOrEqual(2 ** -11 * Math.abs(value));
    });
  });

  it('takes every weight that a RegExp with g or y matches, and leaves -0 alone', () => {
    const spec = (name: string) => ({ name, shape: [4], dtype: 'float32' as const });
    const values = [-0, 0.3, 0.7, -1];
    const artifacts = {
      weightSpecs: ['a/kernel', 'b/kernel', 'c/kernel'].map(spec),
      weightData: Float32Array.from([...values, ...values, ...values]).buffer,
    };
    for (const uint8 of [/kernel/g, /.\/kernel/y]) {
      const after = floats(unpack(pack(artifacts, { quantize: { uint8 } })));
      for (const at of [1, 5, 9]) expect(after[at], `${uint8} at ${at}`).not.toBe(Math.fround(0.3));
      expect(Object.is(after[0], -0)).toBe(true);
    }
  });

  it('rounds to 256 values, keeps zeros, and takes a quarter of the bytes', () => {
    const values = Float32Array.from({ length: 4000 }, (_, i) => (i % 7 === 0 ? 0 : Math.sin(i)));
    const artifacts = {
      weightSpecs: [{ name: 'a', shape: [40, 100], dtype: 'float32' as const }],
      weightData: values.buffer,
    };
    const bytes = pack(artifacts, { quantize: { uint8: /a/ } });
    const after = floats(unpack(bytes));
    values.forEach((value, i) => {
      expect(Math.abs(after[i] - value)).toBeLessThanOrEqual(value === 0 ? 0 : 2 / 255 / 2 + 1e-6);
    });
    expect(bytes.length).toBeLessThan(values.byteLength / 4 + 100);
  });

  it('exports a plain model that tfjs reads', async () => {
    const values = Float32Array.from({ length: 200 }, (_, i) => (i % 3 === 0 ? 0 : Math.sin(i)));
    const weightSpecs = [{ name: 'a', shape: [20, 10], dtype: 'float32' as const }];
    for (const [quantize, most] of [
      ['uint8', 1 / 255],
      ['float16', 2 ** -11],
      [undefined, 0],
    ] as const) {
      const path = join(folder, `stock-${quantize}`);
      const { sizeBytes } = await exportStock({ weightSpecs, weightData: values.buffer }, path, { quantize });
      const json = JSON.parse(readFileSync(join(path, 'model.json'), 'utf8'));
      const data = readFileSync(join(path, 'weights.bin'));
      expect(sizeBytes).toBe(data.length + readFileSync(join(path, 'model.json')).length);
      const { a } = io.decodeWeights(Uint8Array.from(data).buffer, json.weightsManifest[0].weights);
      a.dataSync().forEach((value, i) => {
        expect(Math.abs(value - values[i])).toBeLessThanOrEqual(values[i] === 0 ? 0 : most);
      });
    }
    await expect(exportStock(model, folder, { quantize: 'int4' as never })).rejects.toThrow(
      "quantize: expected 'uint8' or 'float16'",
    );
    await expect(exportStock(null as never, folder)).rejects.toThrow('model: expected a model or its artifacts');
    await expect(exportStock(model, { save() {} } as never)).rejects.toThrow(
      'folder: expected a path or a file:// URL',
    );
  });
});
