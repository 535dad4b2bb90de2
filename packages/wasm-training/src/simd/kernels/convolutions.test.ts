import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { arbitraryConv, convCases, dilatedCases } from '../../testing/convCases.js';
import { checkConv, checkFilterGradient, checkInputGradient } from '../../testing/convChecks.js';
import { useSimd } from '../../testing/useKernel.js';
import * as convolutions from './convolutions.js';

const batches = convCases.filter(({ inputShape }) => inputShape[0] > 0);

describe('convolutions and their gradients', () => {
  beforeAll(() => {
    useSimd('Conv2D', convolutions.conv2D);
    useSimd('FusedConv2D', convolutions.fusedConv2D);
    useSimd('Conv2DBackpropFilter', convolutions.conv2DBackpropFilter);
    useSimd('Conv2DBackpropInput', convolutions.conv2DBackpropInput);
  });

  it.each([...batches, ...dilatedCases])('Conv2D is like the cpu backend’s on %j', checkConv);

  it.each(batches)('the gradients are like the cpu backend’s on %j', async (conv) => {
    await checkFilterGradient(conv, 'NHWC');
    await checkInputGradient(conv, 'NHWC');
  });

  it('all are like the cpu backend’s on random convolutions', async () => {
    const property = fc.asyncProperty(arbitraryConv({ maxOut: 20 }), async (conv) => {
      await checkConv(conv);
      await checkFilterGradient(conv, 'NHWC');
      await checkInputGradient(conv, 'NHWC');
    });
    await fc.assert(property, { numRuns: 60 });
  });

  it('Conv2D is like the cpu backend’s on random dilated convolutions', async () => {
    await fc.assert(fc.asyncProperty(arbitraryConv({ dilated: true }), checkConv), { numRuns: 30 });
  });
});
