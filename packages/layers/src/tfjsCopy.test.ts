import { serialization } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { expect, it } from 'vitest';
import { checkModel, checkSingleTfjsCopy } from './tfjsCopy.js';

it('accepts one copy and its models', () => {
  expect(() => checkSingleTfjsCopy()).not.toThrow();
  expect(() => checkModel(tfl.sequential())).not.toThrow();
});

it('says what is wrong when another copy has taken the registry', () => {
  const { classNameMap } = serialization.SerializationMap.getMap();
  const stock = classNameMap.Dense;
  try {
    classNameMap.Dense = [class OtherDense {} as never, stock[1]];
    expect(() => checkModel(tfl.sequential())).toThrow(
      /^Two copies of @tensorflow\/tfjs-layers are loaded .*npm ls @tensorflow\/tfjs-layers.*npm dedupe/,
    );
  } finally {
    classNameMap.Dense = stock;
  }
});
