import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { layer, sequential } from '../testing.js';
import { readModel } from './readModel.js';

const parent = mkdtempSync(join(tmpdir(), 'read-'));
const folder = join(parent, 'model');
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(parent, { recursive: true }));

const modelTopology = sequential(layer('Dense', 'a'));
const weight = (name: string, ...shape: number[]): io.WeightsManifestEntry => ({ name, shape, dtype: 'float32' });

function writeJson(weightsManifest: unknown, more: object = {}): void {
  writeFileSync(at('model.json'), JSON.stringify({ modelTopology, weightsManifest, ...more }));
}
const floats = (...values: number[]) => Buffer.from(Float32Array.from(values).buffer);

beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  writeJson([{ paths: ['w.bin'], weights: [weight('a/kernel', 2, 1)] }]);
  writeFileSync(at('w.bin'), floats(1, 2));
});

const values = ({ artifacts }: ReturnType<typeof readModel>) => [
  ...new Float32Array(artifacts.weightData as ArrayBuffer),
];

describe('weights are read as tfjs reads them', () => {
  it('all files one after the other, however the groups cut them', () => {
    writeJson([
      { paths: ['w.bin', 'v.bin'], weights: [weight('a/kernel', 3, 1)] },
      { paths: ['./u.bin'], weights: [weight('a/bias', 1)] },
    ]);
    writeFileSync(at('v.bin'), floats(3));
    writeFileSync(at('u.bin'), floats(4));
    expect(values(readModel(folder))).toEqual([1, 2, 3, 4]);
    expect(readModel(at('model.json')).warnings).toEqual([]);
  });

  it('without the bytes behind the last weight, which a warning names with both sizes', () => {
    writeFileSync(at('w.bin'), floats(1, 2, 3, 4));
    const model = readModel(folder);
    expect(values(model)).toEqual([1, 2]);
    expect(model.warnings).toHaveLength(1);
    for (const part of [at('w.bin'), '16 bytes', '8 bytes', 'left out']) expect(model.warnings[0]).toContain(part);
  });

  it('bytes behind a group that is not the last are those of the next, which a warning says', () => {
    writeJson([
      { paths: ['w.bin'], weights: [weight('a/kernel', 1, 1)] },
      { paths: ['v.bin'], weights: [weight('a/bias', 1)] },
    ]);
    writeFileSync(at('v.bin'), floats(9));
    const model = readModel(folder);
    expect(values(model)).toEqual([1, 2]);
    expect(model.warnings).toEqual([expect.stringContaining(`${at('w.bin')} holds 8 bytes`)]);
    expect(model.warnings[0]).toContain('the next weights begin there');
  });

  it('a byte order mark before the JSON does not matter', () => {
    writeFileSync(at('model.json'), `\ufeff${readFileSync(at('model.json'), 'utf8')}`);
    expect(values(readModel(folder))).toEqual([1, 2]);
  });
});

describe('what is not there or not weights is named', () => {
  it('a file that is cut off, with wanted and found bytes', () => {
    writeFileSync(at('w.bin'), floats(1).subarray(0, 3));
    expect(() => readModel(folder)).toThrow(
      `${at('w.bin')} holds 3 bytes of weights, ${at('model.json')} needs 8 bytes there`,
    );
    writeJson([
      { paths: ['w.bin'], weights: [weight('a/kernel', 2, 1)] },
      { paths: ['v.bin'], weights: [weight('a/bias', 2)] },
    ]);
    writeFileSync(at('w.bin'), floats(1, 2));
    writeFileSync(at('v.bin'), floats(1));
    expect(() => readModel(folder)).toThrow(`${at('v.bin')} holds 4 bytes of weights`);
  });

  it('an absent file, of a graph model as of a graph model', () => {
    rmSync(at('w.bin'));
    expect(() => readModel(folder)).toThrow(`the weights of the model are missing: there is no file ${at('w.bin')}.`);
    const weights = [weight('w', 2, 1)];
    writeJson([{ paths: ['w.bin'], weights }], { format: 'graph-model' });
    expect(() => readModel(folder)).toThrow('the weights of this graph model are missing');
    writeJson([{ paths: ['w.bin'], weights }], { modelTopology: { node: [] } });
    expect(() => readModel(folder)).toThrow('the weights of this graph model are missing');
  });

  it.each([
    ['<!DOCTYPE html><title>404</title>', 'a web page (HTML)'],
    ['\n<html>', 'a web page (HTML)'],
    ['version https://git-lfs.github.com/spec/v1\n', 'Git LFS'],
  ])('%j in place of weights, and of the model', (content, what) => {
    writeFileSync(at('w.bin'), content);
    expect(() => readModel(folder)).toThrow(
      `${at('w.bin')}: this is ${what.startsWith('a ') ? what : 'a pointer of Git LFS'}`,
    );
    writeFileSync(at('model.json'), content);
    expect(() => readModel(folder)).toThrow(what);
  });

  it('a Keras or zip file in place of a .tfz', () => {
    writeFileSync(at('model.h5'), '\x89HDF\r\n\x1a\n', 'latin1');
    expect(() => readModel(at('model.h5'))).toThrow('tensorflowjs_converter');
    writeFileSync(at('model.keras'), 'PK\x03\x04');
    expect(() => readModel(at('model.keras'))).toThrow('zip archive');
  });
});

it('a folder whose model has another name is told so', () => {
  writeFileSync(at('mnist.json'), readFileSync(at('model.json')));
  rmSync(at('model.json'));
  expect(() => readModel(folder)).toThrow(
    'there is no model.json in this folder, but mnist.json: give the file itself.',
  );
  expect(values(readModel(at('mnist.json')))).toEqual([1, 2]);
});

it('files outside of the folder are not read', () => {
  writeFileSync(join(parent, 'secret.bin'), floats(7, 8));
  for (const path of ['../secret.bin', 'x/../../secret.bin', '..', '']) {
    writeJson([{ paths: [path], weights: [weight('a/kernel', 2, 1)] }]);
    expect(() => readModel(folder), path).toThrow(`the weights' path '${path}' leads out of the model's folder`);
  }
  // Absolute paths are of the server that the model was published on.
  writeJson([{ paths: ['/w.bin'], weights: [weight('a/kernel', 2, 1)] }]);
  expect(values(readModel(folder))).toEqual([1, 2]);
  writeJson([{ paths: [join(parent, 'secret.bin')], weights: [weight('a/kernel', 2, 1)] }]);
  expect(() => readModel(folder)).toThrow('there is no file');
});

describe('JSON that is not a model', () => {
  it.each([
    ['[{"weights":[],"paths":["x"]}]', 'this is not a tfjs model, the JSON is a list'],
    ['null', 'this is not a tfjs model, the JSON is null'],
    ['3', 'the JSON is 3'],
    ['{}', 'it has no weightsManifest'],
    ['{"modelTopology":{},"weightsManifest":{}}', 'it has no weightsManifest'],
    ['{"weightsManifest":[{"weights":[]}]}', 'weightsManifest[0] has no list of paths'],
    ['{"weightsManifest":[{"paths":[],"weights":[{"name":"a"}]}]}', 'weightsManifest[0] has no list of weights'],
    ['{"modelTopology":{},"weightsManifest":[]}', 'there is nothing in this model'],
    ['{"a":', 'this is not JSON'],
  ])('%s', (json, message) => {
    writeFileSync(at('model.json'), json);
    expect(() => readModel(folder)).toThrow(`${at('model.json')}: `);
    expect(() => readModel(folder)).toThrow(message);
  });

  it('a dtype that tfjs does not have', () => {
    writeJson([{ paths: ['w.bin'], weights: [{ name: 'a/kernel', shape: [2], dtype: 'float64' }] }]);
    expect(() => readModel(folder)).toThrow("weight 'a/kernel' is stored as float64, which tfjs does not know");
  });
});
