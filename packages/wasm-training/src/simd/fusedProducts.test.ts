import { setFlagsFromString } from 'node:v8';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectLikeCpu } from '../testing/compareWithCpu.js';
import { convCases } from '../testing/convCases.js';
import { checkConv, checkFilterGradient, checkInputGradient } from '../testing/convChecks.js';
import { useSimd } from '../testing/useKernel.js';
import { binaries } from './binaries.js';
import * as convolutions from './kernels/convolutions.js';
import * as products from './kernels/products.js';

const canFuse = () => WebAssembly.validate(Buffer.from(binaries.fusedUnshared, 'base64'));

describe('products with fused multiplication and addition', () => {
  beforeAll(() => {
    // Node 20 has the instructions, but asks for a flag.
    if (!canFuse()) setFlagsFromString('--experimental-wasm-relaxed-simd');
    useSimd('BatchMatMul', products.batchMatMul);
    useSimd('Conv2D', convolutions.conv2D);
    useSimd('FusedConv2D', convolutions.fusedConv2D);
    useSimd('Conv2DBackpropFilter', convolutions.conv2DBackpropFilter);
    useSimd('Conv2DBackpropInput', convolutions.conv2DBackpropInput);
  });

  it('are those of this engine', () => {
    expect(canFuse()).toBe(true);
  });

  it('are like the cpu backend’s', async () => {
    for (const conv of convCases.filter(({ inputShape }) => inputShape[0] > 0)) {
      await checkConv(conv);
      await checkFilterGradient(conv, 'NHWC');
      await checkInputGradient(conv, 'NHWC');
    }
    const inputs = { a: { shape: [1, 300, 61] }, b: { shape: [1, 300, 17] } };
    await expectLikeCpu('BatchMatMul', inputs, { transposeA: true, transposeB: false });
  });
});
