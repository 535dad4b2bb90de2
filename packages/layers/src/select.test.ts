import * as tfl from '@tensorflow/tfjs-layers';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedDense } from './factories.js';
import { type Selection, select } from './select.js';
import { findSites, type Site } from './sites.js';

const { layers } = tfl;
let sites: Site[];
let all: string[];
let recurrent: string[];

beforeAll(() => {
  const lstm = layers.lstm({ name: 'lstm', units: 2, recurrentInitializer: 'glorotNormal' }) as never;
  const model = tfl.sequential({
    layers: [
      layers.conv2d({ name: 'conv_1', filters: 2, kernelSize: 2, inputShape: [4, 4, 1] }),
      layers.conv2d({ name: 'conv_2', filters: 2, kernelSize: 2 }),
      layers.reshape({ targetShape: [4, 2] }),
      layers.bidirectional({ name: 'both', layer: lstm, mergeMode: 'concat' }),
      maskedDense({ name: 'dense', units: 3 }) as tfl.layers.Layer,
    ],
  });
  sites = findSites(model).filter((site) => site.role === 'kernel');
  all = sites.map((site) => site.path);
  recurrent = all.filter((path) => path.startsWith('both/'));
});

const chosen = (selection: Selection<{ bits?: number }>) =>
  select(sites, selection, ['bits']).map(({ site }) => site.path);

describe('select', () => {
  it('takes all by default, in the order of the model', () => {
    expect(chosen({})).toEqual(all);
    expect(all.length).toBe(7);
    expect(select<object>(sites, {}, [], (site) => site.path === 'dense/kernel').map(({ site }) => site.path)).toEqual([
      'dense/kernel',
    ]);
  });

  it('understands names, patterns, classes, paths, expressions, functions and lists of them', () => {
    expect(chosen({ include: 'conv_1' })).toEqual(['conv_1/kernel']);
    expect(chosen({ include: 'conv_*' })).toEqual(['conv_1/kernel', 'conv_2/kernel']);
    expect(chosen({ include: 'Conv2D' })).toEqual(['conv_1/kernel', 'conv_2/kernel']);
    expect(chosen({ include: ['Dense', 'MaskedDense'] })).toEqual(['dense/kernel']);
    expect(chosen({ include: 'both' })).toEqual(recurrent);
    expect(chosen({ include: 'LSTM' })).toEqual(recurrent);
    expect(chosen({ include: 'both/*/recurrentKernel' }).length).toBe(2);
    expect(chosen({ include: /forward.*recurrent/gi })).toEqual([recurrent[1]]);
    expect(chosen({ include: (layer) => layer.name === 'dense' })).toEqual(['dense/kernel']);
    expect(chosen({ exclude: ['both', 'conv_1'] })).toEqual(['conv_2/kernel', 'dense/kernel']);
    expect(() => chosen({ include: 'conv.1' })).toThrow('include: conv.1 matches no layer');
  });

  it('gives options by layer, a later override winning, and skips', () => {
    const overrides = { 'conv_*': { bits: 3 }, conv_2: { bits: 4 }, both: { skip: true } };
    const selected = select<{ bits?: number }>(sites, { overrides }, ['bits']);
    expect(selected.map(({ site, options }) => [site.path, options])).toEqual([
      ['conv_1/kernel', { bits: 3 }],
      ['conv_2/kernel', { bits: 4 }],
      ['dense/kernel', {}],
    ]);
  });

  it('lets a later target take the place of an earlier rate, and the other way round', () => {
    const overrides = {
      'conv_*': { targetSparsity: 0.5, hysteresis: 0.2 },
      conv_1: { rate: 1 },
      conv_2: { rate: undefined },
      dense: { rate: 2 },
      'dense*': { targetSparsity: 0.25 },
      // Left to the caller, who says that it must be one of the two.
      both: { rate: 1, targetSparsity: 0.5 },
    };
    const known = ['targetSparsity', 'rate', 'hysteresis'] as const;
    const selected = select<{ targetSparsity?: number; rate?: number; hysteresis?: number }>(
      sites,
      { overrides },
      known,
    );
    expect(Object.fromEntries(selected.map(({ site, options }) => [site.path, options]))).toMatchObject({
      'conv_1/kernel': { rate: 1, hysteresis: 0.2 },
      'conv_2/kernel': { targetSparsity: 0.5, hysteresis: 0.2 },
      'dense/kernel': { targetSparsity: 0.25 },
    });
    const of = (path: string) => selected.find(({ site }) => site.path.startsWith(path))!.options;
    expect(of('conv_1')).not.toHaveProperty('targetSparsity');
    expect(of('dense')).not.toHaveProperty('rate');
    expect(of('both')).toEqual(overrides.both);
  });

  it('takes in what an override names, beside the default', () => {
    const isDefault = (site: { path: string }) => site.path === 'dense/kernel';
    const selected = select<{ bits?: number }>(sites, { overrides: { conv_1: { bits: 3 } } }, ['bits'], isDefault);
    expect(selected.map(({ site }) => site.path)).toEqual(['conv_1/kernel', 'dense/kernel']);
  });

  it('takes in nothing that an override matches by a pattern or a class', () => {
    const isDefault = ({ path }: Site) => !path.startsWith('conv_1');
    const paths = (selection: Selection<{ bits?: number }>) =>
      select<{ bits?: number }>(sites, selection, ['bits'], isDefault).map(({ site }) => site.path);
    const trained = paths({});
    expect(paths({ overrides: { 'conv_*': { bits: 3 } } })).toEqual(trained);
    expect(paths({ overrides: { Conv2D: { bits: 3 } } })).toEqual(trained);
    expect(paths({ overrides: { 'conv_1/kernel': { bits: 3 } } })).toEqual(['conv_1/kernel', ...trained]);
    expect(() => paths({ overrides: { '*_1/*': { bits: 3 } } })).toThrow('matches only what is not selected');
  });

  it('refuses an override that would have no effect', () => {
    expect(() => chosen({ include: 'dense', overrides: { 'conv_*': { bits: 3 } } })).toThrow(
      'overrides: conv_* matches only what is not selected (by include, by exclude, or because it is not trained): ' +
        'conv_1/kernel, conv_2/kernel. Selected are: dense/kernel.',
    );
    expect(() => chosen({ exclude: 'conv_1', overrides: { conv_1: { bits: 3 } } })).toThrow('not selected');
    expect(chosen({ include: 'conv_1', overrides: { 'conv_*': { bits: 3 } } })).toEqual(['conv_1/kernel']);
  });

  it('refuses selectors without a match, and names what there is', () => {
    expect(() => chosen({ include: 'flatten' })).toThrow(
      'include: flatten matches no layer with a weight that can be compressed. There are: conv_1/kernel (Conv2D), ',
    );
    expect(() => chosen({ include: () => false })).toThrow('matches no layer');
    for (const nothing of [[], '', 5, null, [[]]])
      for (const argument of ['include', 'exclude'])
        expect(() => chosen({ [argument]: nothing } as never)).toThrow(`${argument}: expected a layer name, a class,`);
    expect(() => chosen({ overrides: { dense: { bit: 3 } as never } })).toThrow(
      "overrides['dense'] has no option 'bit'.",
    );
    expect(() => chosen({ overrides: { dense: null as never } })).toThrow(
      "overrides['dense']: expected an object of options, received null.",
    );
  });
});
