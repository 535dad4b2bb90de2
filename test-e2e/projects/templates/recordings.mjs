/**
 * Makes WAV files in the folder `own`, and what `node recordings.mjs NAME` names beside
 * them; prints what the template reads.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import wavefile from 'wavefile';
import { loadRecordings } from './recordings.js';

const [wrong] = process.argv.slice(2);
mkdirSync('own', { recursive: true });
for (let i = 0; i < 45; i++) {
  const wav = new wavefile.WaveFile();
  const samples = Int16Array.from({ length: 800 }, (_, t) => 8192 * Math.sin(t * (1 + (i % 2))));
  wav.fromScratch(1, 8000, '16', samples);
  writeFileSync(`own/${i % 2}_jackson_${i}.wav`, wav.toBuffer());
}
if (wrong) writeFileSync(`own/${wrong}`, 'no sound');
try {
  const found = await loadRecordings('own');
  const [{ label, samples, sampleRate }] = found;
  console.log(JSON.stringify({ count: found.length, label, sampleRate, largest: Math.max(...samples).toFixed(2) }));
} catch ({ message }) {
  console.log(message);
}
