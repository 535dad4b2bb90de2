/** What the net gets: so many steps in time, and so many bands of pitch in each. */
export const [steps, bands] = [61, 32];

const [rate, size, hop] = [8000, 256, 128];

/**
 * Sound at `sampleRate` as one second at 8,000 Hz, from where it begins to be loud.
 * `shift` (samples) begins earlier.
 */
export function oneSecond(samples, sampleRate, shift = 0) {
  const step = sampleRate / rate;
  const slow = Float32Array.from({ length: Math.floor(samples.length / step) }, (_, i) =>
    mean(samples, i * step, step),
  );
  const peak = slow.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const begin = slow.findIndex((value) => Math.abs(value) > 0.05 * peak) - shift;
  return Float32Array.from({ length: rate }, (_, i) => (slow[begin + i] ?? 0) / (peak || 1));
}

/** The logarithm of the energy in each band at each step: [steps × bands]. */
export function spectrogram(second) {
  const result = new Float32Array(steps * bands);
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  for (let t = 0; t < steps; t++) {
    for (let i = 0; i < size; i++) real[i] = second[t * hop + i] * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / size));
    imaginary.fill(0);
    transform(real, imaginary);
    for (let k = 1; k < size / 2; k++) {
      // Low pitches get a band each, high ones share one, as in hearing.
      const band = Math.min(bands - 1, Math.floor((bands * Math.log1p(k / 8)) / Math.log1p(16)));
      result[t * bands + band] += real[k] ** 2 + imaginary[k] ** 2;
    }
  }
  return result.map((energy) => Math.log10(energy + 1e-4) / 4 + 0.5);
}

function mean(samples, begin, length) {
  const [from, to] = [Math.floor(begin), Math.max(Math.floor(begin) + 1, Math.floor(begin + length))];
  let sum = 0;
  for (let i = from; i < to; i++) sum += samples[i] ?? 0;
  return sum / (to - from);
}

/** The fast Fourier transform in place (radix 2). */
function transform(real, imaginary) {
  const n = real.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) for (const each of [real, imaginary]) [each[i], each[j]] = [each[j], each[i]];
  }
  for (let length = 2; length <= n; length *= 2)
    for (let k = 0; k < length / 2; k++) {
      const [cos, sin] = [Math.cos((-2 * Math.PI * k) / length), Math.sin((-2 * Math.PI * k) / length)];
      for (let i = k; i < n; i += length) {
        const j = i + length / 2;
        const [re, im] = [real[j] * cos - imaginary[j] * sin, real[j] * sin + imaginary[j] * cos];
        [real[j], imaginary[j]] = [real[i] - re, imaginary[i] - im];
        [real[i], imaginary[i]] = [real[i] + re, imaginary[i] + im];
      }
    }
}
