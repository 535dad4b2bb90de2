import { describe, expect, it } from 'vitest';
import { checkPictures } from './checkPictures.js';
import { parseVoc } from './parseVoc.js';

const object = (name: string, box: number[], difficult = 0) =>
  `<object><name>${name}</name><difficult>${difficult}</difficult><bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin>` +
  `<xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox></object>`;
const file = (objects: string) =>
  `<annotation verified="no"><size><width>64</width><height>48</height></size>${objects}</annotation>`;

describe('parseVoc', () => {
  it('reads size and objects', () => {
    expect(parseVoc(file(object('a &amp; b', [1, 2, 30, 40]) + object('c', [5, 6, 7, 8], 1)), 'x.xml')).toEqual({
      width: 64,
      height: 48,
      objects: [
        { box: [1, 2, 30, 40], class: 'a & b', difficult: false },
        { box: [5, 6, 7, 8], class: 'c', difficult: true },
      ],
    });
    expect(parseVoc(file(''), 'x.xml').objects).toEqual([]);
  });

  it('names the file that is cut off or holds no number', () => {
    expect(() => parseVoc('<annotation><size>', 'x.xml')).toThrow('x.xml: not a VOC annotation');
    expect(() => parseVoc(file(object('a', [1, 2, Number.NaN, 4])), 'x.xml')).toThrow("x.xml: <xmax> is 'NaN', not a number.");
  });
});

describe('checkPictures', () => {
  const set = (box: [number, number, number, number], name = 'a') => [
    { name: 'p1', width: 64, height: 48, objects: [{ box, class: name }], load: () => Promise.reject(new Error()) },
  ];

  it('cuts boxes to the picture', () => {
    expect(checkPictures(set([-5, 1, 70, 20]), {}).pictures[0].objects[0].box).toEqual([0, 1, 64, 20]);
  });

  it('names boxes without area, or leaves them out', () => {
    expect(() => checkPictures(set([5, 5, 5, 9]), {})).toThrow("p1: the box [5, 5, 5, 9] of 'a' has no area inside");
    expect(() => checkPictures(set([70, 5, 80, 9]), {})).toThrow('has no area inside the picture (64 × 48)');
    expect(checkPictures(set([5, 5, 5, 9]), { invalidBoxes: 'skip' }).pictures[0].objects).toEqual([]);
  });

  it('names an unknown class', () => {
    expect(() => checkPictures(set([1, 1, 9, 9], 'z'), { classes: ['a', 'b'] })).toThrow(
      "p1: class 'z' is not among the classes given: a, b.",
    );
  });
});
