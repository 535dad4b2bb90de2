/**
 * Files that no encoder writes: sizes, counts and plans where they matter, put together
 * with the encoder's own parts and a right checksum. Random changes of a good file never
 * get there: what they break is found at once.
 */
export async function fileMaker(dist) {
  const part = (name) => import(new URL(name, dist));
  const { BitEncoder } = await part('encode/BitEncoder.js');
  const { EncoderState } = await part('encode/EncoderState.js');
  const { SymbolRecorder } = await part('encode/SymbolRecorder.js');
  const { writeContainer } = await part('encode/writeContainer.js');
  const { codeText } = await part('codec/codeText.js');
  const { version1 } = await part('codec/version1.js');
  const { codeRaw } = await part('codec/floatCoder.js');
  const { affineLevels, codePlan, noPlan, powerLevels } = await part('codec/TensorPlan.js');
  const tables = 6 * 288;

  /** @param next A source of random numbers in [0, 1). */
  return function makeUp(next) {
    const below = (n) => Math.floor(next() * n);
    const pick = (...list) => list[below(list.length)];
    /** From 1 to `most`, as many small ones as large ones. */
    const size = (most) => Math.floor(most ** next());

    const version = pick(1, 2);
    const stored = { quantization: { dtype: 'uint8', min: 0, scale: 1 } };
    const kinds = {
      words: (n) => ({ entry: ['', shape(n)], bytes: 4 * n }),
      bytes: (n) => ({ entry: ['', [n], 'float32', stored], bytes: n }),
      flags: (n) => ({ entry: ['', [n], 'bool'], bytes: n }),
      text: (n) => {
        const byteLength = pick(n, -4 * n, n + 0.5, `${n}`);
        return { entry: ['', [pick(1, 1, n)], 'string', { byteLength }], bytes: Number(byteLength) };
      },
    };
    const shape = (n) => pick([n], [n, 1], [1, n], n % 8 === 0 ? [n / 8, 8] : [n]);
    /** Tables have 256 symbols, mixed contexts any number. */
    const valuePlans = (positions) => [
      () => ({ values: 'float', exponent: below(256), mantissaBits: 0 }),
      () => ({
        values: 'powers',
        exponent: 0,
        levels: powerLevels(0, 2 * size(positions.startsWith('mixed') ? 256 : 128)),
      }),
      () => ({ values: 'affine', affine: [0, 1], levels: affineLevels(0, 1) }),
    ];
    const plan = (positions) => ({
      ...noPlan,
      ...pick(...valuePlans(positions))(),
      positions,
      stride: pick(2, 3, size(1 << 20)),
    });

    const writers = {
      /** Any plan, its elements all the same: foreseen after a few. */
      same(encoder, state, n) {
        const chosen = plan(pick('dense', 'gaps', 'mixed', 'mixed', 'mixedDense', 'mixedDense', 'few'));
        const value = chosen.levels.length ? chosen.levels[below(chosen.levels.length)] : pick(0, 1 << 31);
        state.encode(encoder, new Int32Array(n).fill(value), [n], chosen);
        if (!chosen.positions.startsWith('mixed')) return 0;
        const depth = version > 1 && chosen.positions === 'mixed' ? 32 - Math.clz32(n - 1) : 0;
        return n * (1 + 2 * depth + (32 - Math.clz32(chosen.levels.length)));
      },
      /** All zeros, in one gap. */
      run(encoder, state, n) {
        codePlan(encoder, state.fields, { ...noPlan, positions: 'gaps', values: 'float' }, version < 2);
        const recorder = new SymbolRecorder(6);
        const bits = 31 - Math.clz32(n);
        recorder.code(0, n < 16 ? n : 16 + 2 * (bits - 4) + ((n >>> (bits - 1)) & 1));
        recorder.write(encoder, state.fields, tables);
        if (n >= 16) codeRaw(encoder, bits - 1, n & ((1 << (bits - 1)) - 1));
        return 0;
      },
      /** One symbol, which takes no bits. */
      oneSymbol(encoder, state) {
        codePlan(
          encoder,
          state.fields,
          { ...noPlan, values: 'powers', exponent: 1, levels: powerLevels(1, 2) },
          version < 2,
        );
        const recorder = new SymbolRecorder(6);
        recorder.code(5, 0);
        recorder.write(encoder, state.fields, tables);
        return 0;
      },
    };

    const mode = pick('few large', 'many small', 'text');
    const count = mode === 'many small' ? size(4000) : 1 + below(3);
    const most = mode === 'many small' ? 8 : mode === 'text' ? 64 : 1 << 26;
    const method = pick(...Object.keys(writers));
    const kind = pick('words', 'bytes', 'flags', 'text', 'mixture');
    const tensors = Array.from({ length: count }, () => {
      const n = size(method === 'same' ? Math.min(most, 1 << 18) : most);
      return { n, ...kinds[kind === 'mixture' ? pick('words', 'bytes', 'flags', 'text') : kind](n) };
    });
    const filler = mode === 'text' ? pick('x', '{},', '[[]],', '0,').repeat(size(1 << 20)) : '';
    const field = filler.startsWith('x') ? `"${filler}"` : `[${filler}0]`;
    const json = `{"a":${field},"weights":${JSON.stringify(tensors.map(({ entry }) => entry))}}`;
    const text = new TextEncoder().encode(json);
    const encoder = new BitEncoder();
    const old = version < 2 ? version1() : undefined;
    codeText(encoder, text.slice(), old);
    const state = new EncoderState(old);
    let mixedBits = 0;
    for (const { n } of tensors) mixedBits += writers[method](encoder, state, n);
    const weightBytes = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
    const { coded, raw } = encoder.finish();
    const file = writeContainer(Math.max(0, Math.floor(weightBytes)), text.length, coded, raw, version);
    const isValid = tensors.every(({ bytes }) => Number.isInteger(bytes) && bytes >= 0);
    const what = `version ${version}, ${mode}, ${count} × ${kind} by ${method}`;
    return { file, what, weightBytes, textBytes: text.length, mixedBits, count, isValid };
  };
}
