import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { findBrowser, launchBrowser } from './support/browser.js';
import { consumerEnvironment, run } from './support/run.js';
import { serve } from './support/serve.js';
import { fileOf, templates as names, placeTemplate, tableOf } from './support/templates.js';

/**
 * Each template is copied out of the monorepo and run there, shortened, with the packed
 * packages.
 */
const { templates } = inject('consumers');
const accuracy = 'test accuracy, %';

async function start(folder: string, env: Record<string, string>, ...args: string[]) {
  const result = await run('npm', ['start', '--silent', '--', ...args], { cwd: folder, env });
  const shown = fileOf(basename(folder), 'README.md')!;
  if (shown.includes('┌')) expect(formOf(shown)).toEqual(formOf(result.stdout));
  return result;
}

/** What a program of test-e2e/projects/templates prints that is put into a template. */
async function program(folder: string, name: string, ...args: string[]) {
  cpSync(join(import.meta.dirname, 'projects', 'templates', name), join(folder, name));
  const { stdout } = await run('node', [name, ...args], { cwd: folder });
  return stdout.trim();
}

/**
 * Names of the rows and columns of a table, all of whose cells hold numbers or nothing.
 */
function formOf(text: string): Record<string, string[]> {
  const rows = Object.entries(tableOf(text));
  for (const [, cells] of rows) expect(Object.values(cells)).not.toContain(Number.NaN);
  return Object.fromEntries(rows.map(([name, cells]) => [name, Object.keys(cells)]));
}

async function failure(folder: string, env: Record<string, string>, ...args: string[]) {
  const { code, stderr } = await run('npm', ['start', '--silent', '--', ...args], { cwd: folder, env, mayFail: true });
  expect(code).toBe(1);
  return stderr.trim();
}

it('the templates that read digits hold the same digits.js', () => {
  const copies = names.flatMap((name) => fileOf(name, 'digits.js') ?? []);
  expect(copies.length).toBeGreaterThan(1);
  expect(new Set(copies).size).toBe(1);
});

describe('the template', () => {
  it('one-line: as good as before and much smaller', async () => {
    const folder = placeTemplate('one-line', templates);
    const { stdout } = await start(folder, { EPOCHS: '6', IMAGES: '1000' });
    const { before, after, 'after, loaded again': again } = tableOf(stdout);
    expect(before[accuracy]).toBeGreaterThan(70);
    expect(after[accuracy]).toBeGreaterThan(60);
    expect(again).toEqual(after);
    expect(after.bytes).toBeLessThan(before.bytes / 20);
    expect(await failure(folder, { EPOCHS: 'two' })).toBe("EPOCHS: expected a number of at least 6, received 'two'.");
  });

  it('text: better than chance, and answers without TensorFlow.js', async () => {
    const folder = placeTemplate('text', templates);
    const { stdout } = await start(folder, { EPOCHS: '4', SENTENCES: '1200' });
    const { before, after } = tableOf(stdout);
    expect(after[accuracy]).toBeGreaterThan(52);
    expect(after.bytes).toBeLessThan(before.bytes / 20);
    const ask = (...args: string[]) => run('node', ['ask.js', ...args], { cwd: folder, mayFail: true });
    expect((await ask('An excellent film, I loved it.')).stdout).toMatch(/^(good|bad) \(\d+% sure\)\n$/);
    expect((await ask()).stderr).toBe('Usage: npm run ask -- "a sentence"\n');
  });

  it('tabular: better than the mean, from a CSV file', async () => {
    const folder = placeTemplate('tabular', templates);
    const { stdout } = await start(folder, { EPOCHS: '30' });
    const { 'always the mean': mean, before, after } = tableOf(stdout);
    expect(after['mean error']).toBeLessThan(0.7 * mean['mean error']);
    expect(after.bytes).toBeLessThan(before.bytes / 5);
    expect(await failure(folder, {}, 'cars.csv', 'price')).toMatch(
      /^cars.csv has no column 'price'; it has name, mpg, .*$/,
    );
  });

  it('audio: better than chance, from recordings; reads WAV files', async () => {
    const folder = placeTemplate('audio', templates);
    const { stdout } = await start(folder, { EPOCHS: '4' });
    expect(stdout).toMatch(/^87 recordings of bd, elec, hat, tabla; 17 judge/);
    const { before, after } = tableOf(stdout);
    expect(after[accuracy]).toBeGreaterThan(35);
    expect(after.bytes).toBeLessThan(before.bytes / 20);
    expect(await failure(folder, {}, 'nowhere')).toBe('nowhere: expected a folder of recordings.');
    // WAV files, and what is said of those that cannot be used.
    expect(await program(folder, 'recordings.mjs')).toBe('{"count":45,"label":"0","sampleRate":8000,"largest":"0.25"}');
    expect(await program(folder, 'recordings.mjs', '1_jackson_99.wav')).toMatch(
      /^own[\\/]1_jackson_99.wav: expected a recording, received /,
    );
    expect(await program(folder, 'recordings.mjs', '7_jackson_99.wav')).toBe(
      "own: expected at least 5 recordings of '7', found 1.",
    );
  });

  it('layers: stopped, resumed, and chosen by validation', async () => {
    const folder = placeTemplate('layers', templates);
    const { stdout } = await start(folder, { EPOCHS: '2', IMAGES: '2000' });
    expect(stdout).toContain('epoch 2/2');
    const { before, after } = tableOf(stdout);
    expect(after.bytes).toBeLessThan(before.bytes);
    expect(existsSync(join(folder, 'output', 'model.tfz'))).toBe(true);
  });

  it('mnist-lenet-5: pruned, quantized, loaded again, with a report and a page', async () => {
    const folder = placeTemplate('mnist-lenet-5', templates);
    const { stdout } = await start(folder, { EPOCHS: '4', IMAGES: '800' });
    const { trained, quantized, 'loaded again': again } = tableOf(stdout);
    const error = 'test error, %';
    expect(trained[error]).toBeLessThan(25);
    expect(quantized[error]).toBeLessThan(45);
    expect(again).toEqual(quantized);
    expect(quantized.bytes).toBeLessThan(20_000);
    expect(readFileSync(join(folder, 'output', 'report.html'), 'utf8')).toContain('Accuracy over epochs');
    expect(existsSync(join(folder, 'output', 'digits.html'))).toBe(true);
  });

  it('transfer: new classes from few images; the result runs without TensorFlow.js', async () => {
    const folder = placeTemplate('transfer', templates);
    const { stdout } = await start(folder, { EPOCHS: '12', IMAGES: '2000' });
    const { before, after } = tableOf(stdout);
    expect(after[accuracy]).toBeGreaterThan(60);
    expect(after.bytes).toBeLessThan(before.bytes / 5);
    expect(await failure(folder, {}, 'nowhere')).toBe('nowhere: expected a folder with model.json.');
    // A model of two parts, as Teachable Machine exports them, and images in a folder
    // for each class.
    await program(folder, 'ownModel.mjs');
    const { stdout: own } = await start(folder, { EPOCHS: '6' }, 'model', 'images');
    expect(own).toContain('dark, light: 6 images train, 2 choose, 2 judge.');
    expect(tableOf(own).after.bytes).toBeLessThan(tableOf(own).before.bytes);
  });

  it('search: makes a net smaller and goes on where it was', async () => {
    const folder = placeTemplate('search', templates);
    const args = ['--trials', '2', '--epochs', '4', '--minutes', '10', '--maxLoss', '0.1'];
    const { stdout } = await start(folder, { IMAGES: '2000' }, ...args);
    expect(stdout).toMatch(/search: trial 2 of 2/);
    const [, bytes] = /compressed +test error +[\d.]+% +([\d,]+) B/.exec(stdout) ?? [];
    expect(Number(bytes.replaceAll(',', ''))).toBeLessThan(300_000);
    const output = join(folder, 'output', 'search');
    for (const name of ['best.tfz', 'report.html', 'search.json']) expect(existsSync(join(output, name))).toBe(true);
    expect(readFileSync(join(output, 'report.html'), 'utf8')).toContain('Bytes and score of every trial');
    const again = await start(folder, { IMAGES: '2000' }, ...args);
    expect(again.stdout).not.toMatch(/search: trial/);
    expect(again.stdout).toContain(stdout.slice(stdout.indexOf('compressed')));
    expect(await failure(folder, { IMAGES: '200' }, '--minuts', '3')).toBe("Unknown option '--minuts'");
  });

  it('node-service: answers, refuses wrong input in one line, and stops gracefully', async () => {
    const folder = placeTemplate('node-service', templates);
    const env = { ...consumerEnvironment(), PORT: '0' };
    const child = spawn(process.execPath, ['server.js'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
    try {
      const [line] = await once(child.stdout, 'data');
      const url = String(line).trim();
      const post = (body: string) => fetch(`${url}/predict`, { method: 'POST', body });
      expect(await (await fetch(`${url}/healthz`)).json()).toEqual({ ok: true });
      const seven = readFileSync(join(folder, 'seven.json'), 'utf8');
      const answer = await (await post(seven)).json();
      expect(answer.digit).toBe(7);
      const sum = answer.probabilities.reduce((a: number, b: number) => a + b);
      expect(sum).toBeCloseTo(1, 5);
      const refused = async (body: string) => {
        const response = await post(body);
        return [response.status, (await response.json()).error];
      };
      expect(await refused('{')).toEqual([400, expect.stringMatching(/^body: expected JSON/)]);
      expect(await refused('{"pixels":[1,2]}')).toEqual([400, 'pixels: expected a list of 784 numbers, received 2.']);
      const high = JSON.stringify({ pixels: [2, ...Array(783).fill(0)] });
      expect(await refused(high)).toEqual([400, 'pixels[0]: expected 0 to 1, received 2.']);
      expect(await refused(' '.repeat(70_000))).toEqual([413, 'body: expected at most 65536 bytes.']);
      expect((await fetch(`${url}/predict`)).status).toBe(405);
      expect((await fetch(`${url}/else`)).status).toBe(404);
      // What has begun is answered; then the process ends by itself.
      const late = post(seven);
      await fetch(`${url}/healthz`);
      child.kill('SIGTERM');
      expect((await late).status).toBe(200);
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

const executable = findBrowser();

describe.skipIf(!executable)('the template web, built', () => {
  let browser: Browser;
  let folder: string;
  const errors: string[] = [];

  beforeAll(async () => {
    folder = placeTemplate('web', templates);
    await run('npm', ['run', 'build', '--silent'], { cwd: folder });
    browser = await launchBrowser(executable!);
  });
  afterAll(() => browser?.close());

  async function open(name: string): Promise<Page> {
    const page = await browser.newPage({ viewport: { width: 360, height: 640 } });
    page.on('pageerror', (error) => errors.push(error.message));
    await serve(page, {}, join(folder, 'dist'));
    await page.goto(`https://page.test/${name}.html`);
    return page;
  }

  it.each([
    ['index', 'the page'],
    ['worker', 'a worker'],
    ['react', 'React'],
  ])('%s.html knows a one that is drawn: the model runs in %s', async (name, where) => {
    const page = await open(name);
    await page.getByText(`The model runs in ${where}.`).waitFor();
    const { x, y, width, height } = (await page.locator('canvas').boundingBox())!;
    await page.mouse.move(x + 0.55 * width, y + 0.15 * height);
    await page.mouse.down();
    await page.mouse.move(x + 0.45 * width, y + 0.85 * height, { steps: 20 });
    await page.mouse.up();
    await page.locator('#answer strong').waitFor();
    await expect.poll(() => page.locator('#answer').textContent()).toMatch(/^1 \d+% sure$/);
    if (process.env.TFJS_COMPRESS_KEEP) await page.screenshot({ path: join(folder, `${name}.png`) });
    await page.getByRole('button', { name: 'Clear' }).click();
    expect(await page.locator('#answer').textContent()).toBe('Draw a digit.');
    expect(errors).toEqual([]);
    await page.close();
  });
});
