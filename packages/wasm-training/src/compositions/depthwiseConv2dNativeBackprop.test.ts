import fc from 'fast-check';
import { beforeAll, describe, it } from 'vitest';
import { size } from '../testing/compareWithCpu.js';
import { arbitraryConv, convCases, dilatedCases } from '../testing/convCases.js';
import { checkDepthwise, checkDilatedDepthwise } from '../testing/convChecks.js';
import { useKernel } from '../testing/useKernel.js';
import { depthwiseConv2dNativeBackpropFilter } from './depthwiseConv2dNativeBackpropFilter.js';
import { depthwiseConv2dNativeBackpropInput } from './depthwiseConv2dNativeBackpropInput.js';

describe('the gradients of a depthwise convolution, composed', () => {
  beforeAll(() => {
    useKernel('DepthwiseConv2dNativeBackpropFilter', depthwiseConv2dNativeBackpropFilter);
    useKernel('DepthwiseConv2dNativeBackpropInput', depthwiseConv2dNativeBackpropInput);
  });

  it.each(convCases)('are like the cpu backend’s on %j', checkDepthwise);

  it('are like the cpu backend’s on random convolutions', async () => {
    await fc.assert(fc.asyncProperty(arbitraryConv({ maxOut: 3 }), checkDepthwise), { numRuns: 40 });
  });

  it.each(dilatedCases)('are those of the dilated convolution %j', checkDilatedDepthwise);

  it('are those of random dilated convolutions', async () => {
    const small = arbitraryConv({ dilated: true, maxOut: 2 }).filter((conv) => size(conv.inputShape) < 100);
    await fc.assert(fc.asyncProperty(small, checkDilatedDepthwise), { numRuns: 10 });
  });
});
