import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Annotation, Skipped } from './ImageSet.js';
import { keepBoxes } from './keepBoxes.js';
import { parseVoc } from './parseVoc.js';

const bytes = (text: string) => new TextEncoder().encode(text);
const parse = (text: string) => parseVoc(bytes(text), 'x.xml');
const bndbox = (box: number[]) =>
  `<bndbox><xmin>${box[0]}</xmin><ymin>${box[1]}</ymin><xmax>${box[2]}</xmax><ymax>${box[3]}</ymax></bndbox>`;
const object = (name: string, box: number[], more = '') => `<object>${more}<name>${name}</name>${bndbox(box)}</object>`;
const file = (objects: string) =>
  `<annotation verified="no"><size><width>64</width><height>48</height></size>${objects}</annotation>`;

describe('parseVoc', () => {
  it('reads size and objects', () => {
    const objects = object('a &amp; b', [1, 2, 30, 40]) + object('c', [5, 6, 7, 8], '<difficult>1</difficult>');
    expect(parse(file(objects))).toEqual({
      size: { width: 64, height: 48 },
      objects: [
        { box: [1, 2, 30, 40], class: 'a & b', difficult: false },
        { box: [5, 6, 7, 8], class: 'c', difficult: true },
      ],
    });
    expect(parse(file('')).objects).toEqual([]);
  });

  it('takes direct children only: source, parts and attributes have elements of the same names', () => {
    const source = '<source><database>x</database><annotation>PASCAL VOC2007</annotation></source>';
    const part = `<part><name>head</name>${bndbox([1, 1, 2, 2])}</part>`;
    const attributes = '<attributes><attribute><name>color</name><value>red</value></attribute></attributes>';
    const comment = `<!-- ${object('comment', [0, 0, 1, 1])} -->`;
    const objects = object('person', [3, 4, 5, 6], part + attributes + comment) + comment;
    expect(parse(file(source + objects)).objects).toEqual([{ box: [3, 4, 5, 6], class: 'person', difficult: false }]);
    const orphan = `<object><name>a</name>${part}</object>`;
    expect(() => parse(file(orphan))).toThrow('x.xml: <object> 1 has no <bndbox>.');
    expect(() => parse(file(`<object>${part}${bndbox([1, 1, 2, 2])}</object>`))).toThrow('<object> 1 has no <name>.');
  });

  it('reads CDATA, numeric entities, white space, a byte order mark and other encodings', () => {
    const name = (text: string) => parse(file(object(text, [1, 2, 3, 4]))).objects[0].class;
    expect(name('<![CDATA[a < b]]>')).toBe('a < b');
    expect(name('\n  caf&#233;&#x21; \n')).toBe('café!');
    expect(parse(`\ufeff<?xml version="1.0"?>${file('')}`).size?.width).toBe(64);
    const declared = (encoding: string) => `<?xml version="1.0" encoding="${encoding}"?>`;
    const text = declared('ISO-8859-1') + file(object('café', [1, 2, 3, 4]));
    expect(
      parseVoc(
        Uint8Array.from(text, (c) => c.charCodeAt(0)),
        'x.xml',
      ).objects[0].class,
    ).toBe('café');
    const wide = Uint8Array.from(`\ufeff${declared('utf-16')}${file('')}`, (c) => c.charCodeAt(0));
    const utf16 = new Uint8Array(
      Uint16Array.from(`\ufeff${declared('utf-16')}${file('')}`, (c) => c.charCodeAt(0)).buffer,
    );
    expect(parseVoc(utf16, 'x.xml').size?.width).toBe(64);
    expect(parse(declared('utf-16') + file('')).size?.width).toBe(64);
    expect(() => parseVoc(wide.subarray(1).fill(0xff, 45, 46), 'x.xml')).toThrow('x.xml: not valid utf-8.');
    expect(() => parse(declared('klingon') + file(''))).toThrow("x.xml: the encoding 'klingon' is unknown.");
  });

  it('gives back every name there can be', () => {
    const escaped = (text: string) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
    const names = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => /^[^\s\p{C}](.*[^\s])?$/su.test(text));
    fc.assert(
      fc.property(names, (name) => {
        fc.pre(!/[\p{C}\s]/u.test(name));
        expect(parse(file(object(escaped(name), [1, 2, 3, 4]))).objects[0].class).toBe(name);
      }),
    );
  });

  it('leaves the size to the image where there is none or zeros', () => {
    expect(parse('<annotation/>').size).toBeUndefined();
    expect(parse('<annotation><size><width>0</width><height>0</height></size></annotation>').size).toBeUndefined();
  });

  it('names the file that is cut off, something else, or holds no number', () => {
    expect(() => parse('<annotation><size>')).toThrow('x.xml: not well-formed XML (');
    expect(() => parse('')).toThrow('x.xml: not well-formed XML (');
    expect(() => parse('<html/>')).toThrow('x.xml: not a VOC annotation, but <html>.');
    expect(() => parse(file(object('a', [1, 2, Number.NaN, 4])))).toThrow("x.xml: <xmax> is 'NaN', not a number.");
  });
});

describe('keepBoxes', () => {
  const keep = (box: [number, number, number, number], more: object = {}, skipped: Skipped[] = []): Annotation[] =>
    keepBoxes(
      { name: 'p1', width: 64, height: 48, objects: [{ box, class: 'a' }] },
      { names: ['a', 'b'], otherClasses: 'error', invalidBoxes: 'error', skipped, ...more },
    );

  it('cuts boxes to the image', () => {
    expect(keep([-5, 1, 70, 20])[0].box).toEqual([0, 1, 64, 20]);
  });

  it('names boxes without area, or leaves them out and says so', () => {
    expect(() => keep([5, 5, 5, 9])).toThrow("p1: the box [5, 5, 5, 9] of 'a' has no area inside");
    expect(() => keep([70, 5, 80, 9])).toThrow('has no area inside the image (64 × 48)');
    expect(() => keep([9, 9, 5, 5])).toThrow('has no area inside');
    const skipped: Skipped[] = [];
    expect(keep([5, 5, 5, 9], { invalidBoxes: 'skip' }, skipped)).toEqual([]);
    expect(skipped).toEqual([{ name: 'p1', reason: expect.stringContaining('the box [5, 5, 5, 9]') }]);
  });

  it('names an unknown class, or leaves it out', () => {
    expect(() => keep([1, 1, 9, 9], { names: ['b', 'c'] })).toThrow(
      "p1: class 'a' is not among the classes given: b, c.",
    );
    expect(keep([1, 1, 9, 9], { names: ['b'], otherClasses: 'skip' })).toEqual([]);
  });
});
