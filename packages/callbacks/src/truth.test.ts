import * as layers from '@tfjs-compress/layers';
import { type Api, cases, nameOf, runCase } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import * as callbacks from './index.js';

const api = { ...layers, ...callbacks } as unknown as Api;

/**
 * Logs, history, the printed table and the options, against the weights as the test
 * counts them, in every combination of optimizer, layer type, callbacks, situation and
 * company in `callbacks` that packages/testing/src/truth/axes.ts chooses.
 */
it.each(cases.map((each) => [nameOf(each), each] as const))('%s', async (_, each) => {
  const findings = await runCase(each, api);
  expect(findings, findings.join('\n')).toEqual([]);
});
