import { describe, expect, it } from 'vitest';
import { attacks } from '../../format/attacks/index.js';
import { loadModel } from './index.js';
import { unpack } from './unpack.js';

/** Time and memory of reading them are tested where they are: packages/format. */
describe('files that are made to cost their reader more than they should', () => {
  for (const [kind, group] of Object.entries(attacks)) {
    for (const [name, { file, maxBytes = 2 ** 26, refused }] of Object.entries(group)) {
      it(`are refused by loadModel with a word why: ${kind}: ${name}`, async () => {
        const error = await loadModel(file(), { maxBytes }).then(
          () => undefined,
          (reason) => reason,
        );
        expect(error).toBeInstanceOf(Error);
        expect(['Error', 'FormatError', 'UnsupportedLayerError']).toContain(error.name);
        const message = `${error.name}: ${error.message}`;
        // WebAssembly does not say what was wrong with the data.
        if (refused && !message.includes(': the file holds invalid data, or')) expect(message).toMatch(refused);
      }, 120_000);
    }
  }

  it('nor take memory for the columns of a matrix without rows', async () => {
    const before = process.memoryUsage().rss;
    await unpack(attacks.sizes['a hundred million columns without a row'].file(), 'forged');
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 27);
  });
});
