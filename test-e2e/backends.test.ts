import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from './support/browser.js';
import { type BuiltPage, openPage } from './support/page.js';
import {
  differences,
  type FailedTraining,
  faultsOf,
  greatestDifference,
  type Run,
  resumedDifference,
  type Training,
  type Weight,
} from './support/trainings.js';

declare global {
  interface Window {
    /** projects/backends/main.js */
    layerNames: string[];
    start(backend: string): Promise<boolean>;
    trainPlainly(layer: string, optimizer: string): Promise<{ weights?: Weight[]; error?: string }>;
    trainCompressed(layer: string, run: Run): Promise<Training | FailedTraining>;
  }
}

const stockLayers = ['Dense', 'Conv1D', 'Conv2D', 'Conv2DTranspose', 'DepthwiseConv2D', 'SeparableConv2D'];
const otherLayers = [
  'Conv3D',
  'Conv3DTranspose',
  'Embedding',
  'SimpleRNN',
  'GRU',
  'LSTM',
  'SimpleRNN behind Masking',
  'ConvLSTM2D',
];
const wrappers = ['Bidirectional', 'TimeDistributed', 'nested model'];
const plainLayers = [...stockLayers, ...otherLayers, ...wrappers];
const ourLayers = ['Masked', 'PowerOfTwo'].flatMap((family) => stockLayers.map((name) => family + name));

/**
 * What stock tfjs cannot train, and how that shows: part of a message, or weights that
 * are not cpu's.
 */
const noGradient = { Conv3DTranspose: 'gradient function not found for Conv3DBackpropInputV2' };
const untrainable: Record<string, Record<string, string>> = {
  cpu: noGradient,
  webgl: noGradient,
  webgpu: { ...noGradient, 'SimpleRNN behind Masking': "from cpu's" },
};

/** Functions of tfjs that read synchronously by themselves, and what they do then. */
const readsOfTfjs: Record<string, string[]> = { webgpu: [] };

const executable = findBrowser();
if (!executable) console.log('Skipped: no Chromium or Chrome found; the environment variable CHROMIUM can name one.');

const optimizers = ['adam', 'sgd'] as const;
const endings = ['full', 'finish', 'keep'] as const;

function runsOf(layer: string): Run[] {
  const callbacks = (['surgery', 'inq'] as const).filter(
    (callback) => !layer.startsWith(callback === 'surgery' ? 'PowerOfTwo' : 'Masked'),
  );
  return callbacks.flatMap((callback) =>
    optimizers.flatMap((optimizer) => endings.map((ending) => ({ callback, optimizer, ending }))),
  );
}

describe.skipIf(!executable)('in a page', () => {
  let built: BuiltPage;
  let cpu: Page;
  const references = new Map<string, Promise<Training>>();

  async function openWith(backend: string): Promise<Page | undefined> {
    const page = await built.openAgain();
    await page.waitForFunction(() => 'trainCompressed' in window);
    if (await page.evaluate((name) => window.start(name), backend)) return page;
    console.log(`Skipped: this browser has no ${backend}.`);
    await page.close();
    return undefined;
  }

  /** The same training on the cpu backend, done once. */
  function reference(layer: string, run: Run): Promise<Training> {
    const key = JSON.stringify([layer, run]);
    const known = references.get(key) ?? (train(cpu, layer, run) as Promise<Training>);
    references.set(key, known);
    return known;
  }

  /**
   * Compares a training with cpu's and with what was asked for; a line for each fault.
   */
  async function faults(received: Training | FailedTraining, layer: string, run: Run, backend: string) {
    const sync = received.reads.filter(({ by, name }) => by !== 'tfjs' || !readsOfTfjs[backend]?.includes(name));
    const reads = backend === 'webgpu' ? sync.map(({ stack }) => `synchronous read: ${stack}`) : [];
    if ('error' in received) return [received.error, ...reads];
    return [...faultsOf(received, run), ...differences(received, await reference(layer, run)), ...reads];
  }

  beforeAll(async () => {
    built = await openPage(executable!, 'backends');
    cpu = (await openWith('cpu'))!;
  });

  afterAll(async () => {
    await built?.browser.close();
  });

  it('has a model for every layer that is tested here', async () => {
    expect(await cpu.evaluate(() => window.layerNames)).toEqual([...plainLayers, ...ourLayers]);
  });

  describe.each(['webgl', 'webgpu'])('%s', (backend) => {
    let page: Page | undefined;

    beforeAll(async () => {
      page = await openWith(backend);
    });

    it('trains what stock tfjs trains without us', async ({ skip }) => {
      if (!page) return skip();
      const failures: Record<string, Record<string, string>> = { cpu: {}, [backend]: {} };
      for (const layer of plainLayers) {
        for (const optimizer of optimizers) {
          const trained = await Promise.all([cpu, page].map((each) => trainPlainly(each, layer, optimizer)));
          trained.forEach(({ error }, i) => {
            if (error) failures[i === 0 ? 'cpu' : backend][layer] = error;
          });
          const [expected, received] = trained.map(({ weights }) => weights);
          const apart = expected && received ? greatestDifference(received, expected) : 0;
          if (apart > 1e-4) failures[backend][layer] = `${apart} from cpu's`;
        }
      }
      for (const [name, found] of Object.entries(failures)) {
        expect(Object.keys(found)).toEqual(Object.keys(untrainable[name]));
        for (const [layer, reason] of Object.entries(untrainable[name])) expect(found[layer]).toContain(reason);
      }
    });

    const layers = [...plainLayers, ...ourLayers].filter((layer) => !(layer in untrainable[backend]));
    it.each(layers)('%s: compressed as on cpu', async (layer) => {
      const found: string[] = [];
      const inOneGo = new Map<string, Training>();
      for (const run of runsOf(layer)) {
        // A page that was closed after an error.
        page ??= (await openWith(backend))!;
        const received = await train(page, layer, run);
        const lines = await faults(received, layer, run, backend);
        const pair = `${run.callback} ${run.optimizer}`;
        if ('error' in received) {
          // The device may be lost. The layer's other runs would each take a new page,
          // and most likely fail for the same reason.
          await page.close();
          page = undefined;
          found.push(...lines.map((line) => `${pair} ${run.ending}: ${line}`), 'the runs that were left are not tried');
          break;
        } else if (run.ending === 'full') inOneGo.set(pair, received);
        else if (run.ending === 'keep' && inOneGo.has(pair)) {
          const apart = resumedDifference(received, inOneGo.get(pair)!);
          if (apart > 1e-6) lines.push(`resumed: ${apart} from a run in one go`);
        }
        found.push(...lines.map((line) => `${pair} ${run.ending}: ${line}`));
      }
      expect(found).toEqual([]);
    });

    it.each(['surgery', 'inq', 'both'] as const)(
      '%s: the first fit of a page, stopped and resumed',
      async (callback) => {
        const fresh = await openWith(backend);
        if (!fresh) return;
        const run: Run = { callback, optimizer: 'adam', ending: 'keep', store: 'stock' };
        expect(await faults(await train(fresh, 'Conv2D', run), 'Conv2D', run, backend)).toEqual([]);
        await fresh.close();
      },
    );
  });

  it('leaves no error behind', () => {
    expect(built.errors).toEqual([]);
  });
});

function trainPlainly(page: Page, layer: string, optimizer: string) {
  return page.evaluate((given) => window.trainPlainly(...given), [layer, optimizer] as const);
}

/** A lost device may leave a promise open for ever. */
async function train(page: Page, layer: string, run: Run): Promise<Training | FailedTraining> {
  const late = new Promise<FailedTraining>((resolve) =>
    setTimeout(() => resolve({ error: 'did not end within a minute', reads: [] }), 60_000).unref(),
  );
  return Promise.race([page.evaluate((given) => window.trainCompressed(...given), [layer, run] as const), late]);
}
