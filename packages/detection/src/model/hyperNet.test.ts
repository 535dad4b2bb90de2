import { input, layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { tinyDetector } from '../tinyDetector.testing.js';
import { configOf } from './HyperNetOptions.js';
import { levelsOf } from './levels.js';
import { alexnet, vgg16 } from './trunks.js';

describe('hyperNet', () => {
  it("has the paper's defaults", () => {
    const config = configOf({ trunk: 'vgg16', classes: ['a'] });
    expect(config).toMatchObject({ shortSide: 600, roiSize: 13, channels: 42, proposalUnits: 256, dropout: 0.25 });
    expect(config.training).toMatchObject({ positive: 0.45, negative: 0.3, boxWeight: 3, proposals: 200 });
  });

  it('takes undefined for the default everywhere', () => {
    const plain = configOf({ trunk: 'vgg16', classes: ['a'] });
    const nothing = (keys: object) => Object.fromEntries(Object.keys(keys).map((key) => [key, undefined]));
    const { classes, ...others } = plain;
    expect(configOf({ ...nothing(others), trunk: 'vgg16', classes })).toEqual(plain);
    const nested = {
      candidates: nothing(plain.candidates),
      training: nothing(plain.training),
      detect: { proposals: undefined },
    };
    expect(configOf({ ...nested, trunk: 'vgg16', classes })).toEqual(plain);
  });

  it('VGG-16 and AlexNet line up at strides 4 and 16', () => {
    expect(levelsOf(vgg16(), ['conv1_2', 'conv3_3', 'conv5_3']).strides).toEqual([1, 4, 16]);
    expect(levelsOf(alexnet(), ['conv1', 'conv3', 'conv5']).strides).toEqual([4, 16, 16]);
  });

  it('names what is wrong before anything is built', () => {
    expect(() => tinyDetector({ trunk: undefined })).toThrow("trunk: expected 'vgg16', 'alexnet' or a LayersModel");
    expect(() => tinyDetector({ trunk: 'vgg19' as never })).toThrow("trunk: expected 'vgg16' or 'alexnet', received");
    expect(() => tinyDetector({ training: { boxWeight: 'x' as never } })).toThrow(
      'training.boxWeight: expected a number',
    );
    expect(() => tinyDetector({ training: { seed: Number.NaN } })).toThrow('training.seed: expected a number');
    expect(() => tinyDetector({ fineTune: 1 as never })).toThrow('fineTune: expected true or false, received 1.');
    expect(() => tinyDetector({ candidates: { scale: [1] } as never })).toThrow(
      "hyperNet.candidates has no option 'scale'. Did you mean 'scales'?",
    );
    expect(() => tinyDetector({ detect: { scoreThreshold: 2 } })).toThrow('scoreThreshold: expected a number from 0');
    expect(() => tinyDetector({ levels: ['bn1', 'bn2', 'bn9'] })).toThrow("received 'bn9'");
    expect(() => tinyDetector({ levels: ['bn3', 'bn2', 'bn1'] })).toThrow(
      'three levels whose strides divide one another',
    );
    expect(() => tinyDetector({ classes: ['a', 'a'] })).toThrow('classes: expected different names');
    expect(() => tinyDetector({ varient: 'fast' } as object)).toThrow("Did you mean 'variant'?");
    expect(() => tinyDetector({ dropout: 1 })).toThrow('dropout: expected a number from 0 to below 1, received 1.');
    const fixed = input({ shape: [32, 32, 3] });
    const trunk = model({
      inputs: fixed,
      outputs: layers.conv2d({ filters: 1, kernelSize: 1 }).apply(fixed) as SymbolicTensor,
    });
    expect(() => tinyDetector({ trunk })).toThrow('a model with one input of shape [null, null, null, 3]');
  });
});
