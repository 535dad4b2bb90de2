import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { artifactsWith, layer, sequential } from '../testing.js';
import { checkOutput, writeModel, writeWhole } from './writeModel.js';

const folder = mkdtempSync(join(tmpdir(), 'write-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true }));
const artifacts = artifactsWith(sequential(layer('Dense', 'a')), [['a/kernel', [1, 2]]]);

it.skipIf(process.platform === 'win32')('writes what a symbolic link points to, and leaves the link', () => {
  mkdirSync(at('elsewhere'));
  writeFileSync(at('elsewhere/real.tfz'), 'old');
  symlinkSync('elsewhere/real.tfz', at('link.tfz'));
  const bytes = writeModel(at('link.tfz'), artifacts);
  expect(lstatSync(at('link.tfz')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('elsewhere/real.tfz')).length).toBe(bytes);
  symlinkSync('later.tfz', at('dangling.tfz'));
  writeModel(at('dangling.tfz'), artifacts);
  expect(existsSync(at('later.tfz'))).toBe(true);
});

it('both files of a model or none', () => {
  mkdirSync(at('model/model.json'), { recursive: true });
  expect(() => writeModel(at('model'), artifacts)).toThrow(
    `${at('model/model.json')}: cannot be written: this is a folder.`,
  );
  expect(readdirSync(at('model')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect(() =>
    writeWhole([
      [at('new.txt'), 'x'],
      [at('model'), 'y'],
    ]),
  ).toThrow(`${at('model')}: cannot be written`);
  expect(existsSync(at('new.txt'))).toBe(false);
});

it('an output that cannot be is refused before the work', () => {
  mkdirSync(at('folder.tfz'));
  expect(() => checkOutput(at('folder.tfz'))).toThrow('this is a folder, expected a file');
  writeFileSync(at('file'), '');
  expect(() => checkOutput(at('file'))).toThrow('this is a file, expected a folder');
});
