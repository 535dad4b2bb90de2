/**
 * What was aimed at (issue 12), and what of it the results reach. Ratios are of Node's
 * processor time unless said.
 */

const native = { lenet: 'lenet-300-100 1' };

/**
 * By what it is about: [wanted, value(results), limit, 'most' or 'least', unit]. A value
 * is undefined where something was not measured.
 */
const targets = {
  'bytes, Dense only, gzipped': [(r) => r.bytes?.['ours, dense']?.gzip, 'most', 15 * 1024, bytes],
  'bytes, everything, gzipped': [(r) => r.bytes?.ours?.gzip, 'most', 30 * 1024, bytes],
  'LeNet-300-100 95%, batch 1': [ours('lenet-300-100 1'), 'most', 5, time],
  '… against tfjs fused': [speedup('lenet-300-100 1'), 'least', 25, ratio],
  '… against native LiteRT int8': [
    (r) => divide(time1(r), r.native?.[native.lenet]?.['LiteRT int8']?.microseconds?.processor),
    'most',
    1.25,
    part,
  ],
  'LeNet-300-100 95%, batch 32, against tfjs fused': [speedup('lenet-300-100 32'), 'least', 15, ratio],
  'LeNet-5 95%, batch 1': [ours('lenet-5 1'), 'most', 40, time],
  '… against tfjs fused ': [speedup('lenet-5 1'), 'least', 8, ratio],
  'MLP 3 × 1024 95%, batch 1, against tfjs fused': [speedup('mlp 1'), 'least', 15, ratio],
  'MLP 3 × 1024 95%, batch 32, against tfjs fused': [speedup('mlp 32'), 'least', 15, ratio],
  'LSTM classifier 90%, against the faster of tfjs': [
    speedup('lstm 1', ['tfjs fused', 'tfjs layers']),
    'least',
    10,
    ratio,
  ],
  'MobileNet 0%, against tfjs fused': [speedup('mobilenet-0 1'), 'least', 1, ratio],
  'MobileNet 80%, against tfjs fused': [speedup('mobilenet-80 1'), 'least', 4, ratio],
  'MobileNet 90%, against tfjs fused': [speedup('mobilenet-90 1'), 'least', 5.5, ratio],
  'MobileNet 95%, against tfjs fused': [speedup('mobilenet-95 1'), 'least', 7, ratio],
  'MobileNet 90%, against LiteRT.js sparse, Chromium': [
    speedup('mobilenet-90 1', ['LiteRT.js sparse'], 'chromium'),
    'least',
    1,
    ratio,
  ],
  'MobileNet 95%, against LiteRT.js sparse, Chromium': [
    speedup('mobilenet-95 1', ['LiteRT.js sparse'], 'chromium'),
    'least',
    1,
    ratio,
  ],
  'EfficientNet-Lite0 90%, against tfjs fused': [speedup('efficientnet-lite0 1'), 'least', 3, ratio],
  ...Object.fromEntries(
    [28, 14, 7].map((size) => [
      `1 × 1 at 90% on ${size}², of the multiply-add limit`,
      [(r) => r.pointwise?.planes.find((plane) => plane.size === size)?.ofLimit, 'least', 0.6, percent],
    ]),
  ),
  'cold start, Node, above its own, LeNet-300-100': [
    (r) => r.coldStart?.node?.['ours, dense']?.milliseconds,
    'most',
    30,
    ms,
  ],
  'cold start, Chromium, of the faster tfjs': [coldRatio, 'most', 0.5, part],
};

/**
 * @returns [{ target, value, wanted, reached }]: texts, and undefined for what was not
 *   measured.
 */
export function judge(results) {
  return Object.entries(targets).map(([target, [find, kind, limit, show]]) => {
    const value = find(results);
    const isThere = Number.isFinite(value);
    return {
      target: target.trim(),
      value: isThere ? show(value) : '–',
      wanted: `${kind === 'most' ? '≤' : '≥'} ${show(limit)}`,
      reached: isThere ? (kind === 'most' ? value <= limit : value >= limit) : undefined,
    };
  });
}

function ours(key) {
  return (results) => results.node?.[key]?.ours?.microseconds?.processor;
}

function time1(results) {
  return ours(native.lenet)(results);
}

function speedup(key, rivals = ['tfjs fused'], where = 'node') {
  return (results) => {
    const times = rivals.map((rival) => results[where]?.[key]?.[rival]?.microseconds?.processor);
    return divide(Math.min(...times), results[where]?.[key]?.ours?.microseconds?.processor);
  };
}

function coldRatio({ coldStart }) {
  const times = coldStart?.chromium ?? {};
  const tfjs = ['tfjs, dense by hand', 'tfjs layers'].map((name) => times[name]?.milliseconds ?? Number.NaN);
  return divide(times['ours, dense']?.milliseconds, Math.min(...tfjs));
}

function divide(a, b) {
  return a / b;
}

export function time(microseconds) {
  return microseconds < 1000 ? `${digits(microseconds)} µs` : `${digits(microseconds / 1000)} ms`;
}

export function ms(milliseconds) {
  return `${digits(milliseconds)} ms`;
}

export function bytes(count) {
  return count < 1e6 ? `${(count / 1024).toFixed(1)} KB` : `${(count / 2 ** 20).toFixed(1)} MB`;
}

export function ratio(value) {
  return `${digits(value)} ×`;
}

function part(value) {
  return digits(value);
}

function percent(value) {
  return `${Math.round(100 * value)}%`;
}

function digits(value) {
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
