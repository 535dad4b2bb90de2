import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { expectLikeCpu } from '../testing/compareWithCpu.js';
import { arbitraryConv, convCases } from '../testing/convCases.js';
import { checkFilterGradient, type DataFormat } from '../testing/convChecks.js';
import { useKernel } from '../testing/useKernel.js';
import { conv2DBackpropFilter } from './conv2DBackpropFilter.js';

describe('Conv2DBackpropFilter, composed', () => {
  beforeAll(() => useKernel('Conv2DBackpropFilter', conv2DBackpropFilter));

  it.each(convCases)('is like the cpu backend’s on %j', async (conv) => {
    await checkFilterGradient(conv, 'NHWC');
    await checkFilterGradient(conv, 'NCHW');
  });

  it('is like the cpu backend’s on random convolutions', async () => {
    const format = fc.constantFrom<DataFormat>('NHWC', 'NCHW');
    await fc.assert(fc.asyncProperty(arbitraryConv(), format, checkFilterGradient), { numRuns: 40 });
  });

  it('leaves out, as the cpu backend does, what a rounded-up output has beyond the default one', async () => {
    const attrs = { strides: [2, 2], pad: 0, dataFormat: 'NHWC', filterShape: [3, 3, 2, 2] };
    await expectLikeCpu('Conv2DBackpropFilter', { x: { shape: [2, 6, 6, 2] }, dy: { shape: [2, 3, 3, 2] } }, attrs);
  });
});
