/**
 * The images of run.mjs as files for rivals.py.
 *
 *   node benchmarks/once/rivalImages.mjs OUTPUT --cifar FOLDER --imagenet FOLDER
 *   [--only NET]
 *
 * For each net OUTPUT gets a folder with examples.f32 and test.f32 (float32, scaled for
 * the net) and images.json with their shapes and the labels of the test images.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { nets } from './nets.mjs';

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { cifar: { type: 'string' }, imagenet: { type: 'string' }, only: { type: 'string' } },
});
const [output] = positionals;
if (!output) throw new Error('One argument is needed: a folder to write to.');
for (const [name, net] of Object.entries(nets)) {
  if (args.only && args.only !== name) continue;
  if (!args[net.data]) throw new Error(`${name} needs --${net.data} FOLDER; --only NET leaves it out.`);
  const { examples, test, labels } = await net.images(args);
  const folder = join(output, name);
  mkdirSync(folder, { recursive: true });
  for (const [part, tensor] of Object.entries({ examples, test })) {
    writeFileSync(join(folder, `${part}.f32`), tensor.dataSync());
    tensor.dispose();
  }
  const shapes = { examples: examples.shape, test: test.shape };
  writeFileSync(join(folder, 'images.json'), JSON.stringify({ shapes, labels }));
  console.log(folder);
}
