import { mkdirSync, writeFileSync } from 'node:fs';

/**
 * Writes graph/, a graph model as converter 0.x wrote them: without `format`. y = x ·
 * kernel + offset.
 */
const type = { type: 'DT_FLOAT' };
const constant = (name) => ({ name, op: 'Const', attr: { dtype: type } });
const no = { b: false };
const node = [
  constant('kernel'),
  constant('offset'),
  { name: 'x', op: 'Placeholder', attr: { dtype: type, shape: { shape: { dim: [{ size: '-1' }, { size: '2' }] } } } },
  { name: 'product', op: 'MatMul', input: ['x', 'kernel'], attr: { T: type, transpose_a: no, transpose_b: no } },
  { name: 'y', op: 'AddV2', input: ['product', 'offset'], attr: { T: type } },
];
const weights = [
  { name: 'kernel', shape: [2, 2], dtype: 'float32' },
  { name: 'offset', shape: [1, 2], dtype: 'float32' },
];
const weightsManifest = [{ paths: ['group1-shard1of1'], weights }];
mkdirSync('graph', { recursive: true });
writeFileSync(
  'graph/model.json',
  JSON.stringify({ modelTopology: { node, versions: { producer: 1 } }, weightsManifest }),
);
writeFileSync('graph/group1-shard1of1', Float32Array.of(0.3, -0.7, 1.1, 0.13, 5, 6));
