import { describe, expect, it } from 'vitest';
import { ArgumentError, check, checkInteger, checkKnownOptions, checkOneOf } from './checks.js';

describe('checks', () => {
  it('say argument, expected and received', () => {
    const fail = (received: unknown) => () => check(false, 'steps', 'a list', received);
    expect(fail('x')).toThrow(new ArgumentError('steps', 'a list', 'x'));
    expect(fail([1, 'a'])).toThrow("steps: expected a list, received [1, 'a'].");
    expect(fail({ a: 1 })).toThrow('received {"a":1}.');
    expect(fail(new Map())).toThrow('received an instance of Map.');
    expect(fail(undefined)).toThrow('received undefined.');
    expect(() => checkInteger(1.5, 'bits', 2, 8)).toThrow('bits: expected an integer from 2 to 8, received 1.5.');
    expect(() => checkInteger(-1, 'seed', 0)).toThrow('seed: expected an integer ≥ 0, received -1.');
    expect(() => checkOneOf('c', ['a', 'b', 3], 'roi')).toThrow("roi: expected 'a', 'b' or 3, received 'c'.");
    expect(() => checkOneOf('c', ['a'], 'class')).toThrow("class: expected 'a', received 'c'.");
  });

  it('name the nearest known option', () => {
    const known = ['steps', 'bits', 'epochsPerStep'];
    expect(() => checkKnownOptions({ epochPerStep: 1 }, known, 'INQScheduler')).toThrow(
      "INQScheduler has no option 'epochPerStep'. Did you mean 'epochsPerStep'? Its options are: bits, epochsPerStep, steps.",
    );
    expect(() => checkKnownOptions({ steps: 1 }, known, 'INQScheduler')).not.toThrow();
  });
});
