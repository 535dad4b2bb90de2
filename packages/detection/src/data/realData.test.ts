import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ImageSet } from './ImageSet.js';
import { readVoc } from './readSets.js';

/** A folder with VOC 2007 (half of the test set, small) as voc2007/ and BCCD as bccd/. */
const folder = process.env.DETECTION_DATA ?? '';

/** Objects and, of them, difficult ones, by class. */
function countsOf({ images }: ImageSet) {
  const counts: Record<string, [number, number]> = {};
  for (const { class: name, difficult } of images.flatMap(({ objects }) => objects)) {
    counts[name] ??= [0, 0];
    counts[name][0]++;
    if (difficult) counts[name][1]++;
  }
  return counts;
}

describe.skipIf(!existsSync(join(folder, 'voc2007')))('PASCAL VOC 2007', () => {
  it('has as many objects of each class as its makers say', async () => {
    const test = countsOf(await readVoc(join(folder, 'voc2007'), { split: 'test' }));
    expect(test).toMatchObject({ person: [1039, 168], bird: [155, 49], sofa: [80, 31], tvmonitor: [54, 6] });
    expect(Object.keys(test).length).toBe(20);
    const train = await readVoc(join(folder, 'voc2007'), { split: 'train' });
    expect(countsOf(train)).toMatchObject({ person: [1483, 201], chair: [434, 190], sheep: [74, 10] });
    expect(train.images.flatMap(({ objects }) => objects).length).toBe(4380);
    const { data, width, height } = await train.images[7].load();
    expect(data.length).toBe(3 * width * height);
  });
});

describe.skipIf(!existsSync(join(folder, 'bccd')))('BCCD', () => {
  it('is read whole but for two boxes without area', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const set = await readVoc(join(folder, 'bccd'), { names: 'all', invalidBoxes: 'skip' });
    warn.mockRestore();
    expect(set.images.length).toBe(readdirSync(join(folder, 'bccd/Annotations')).length);
    expect(set.classes).toEqual(['Platelets', 'RBC', 'WBC']);
    expect(set.skipped?.length).toBe(2);
  });
});
