import { builtin, writeFile } from '@tfjs-compress/format/internal';
import { check } from '@tfjs-compress/math/internal';
import { FolderLock } from './FolderLock.js';
import type { Baseline, TrialOutcome, TrialResult, TrialStore } from './types.js';

/** search.json */
interface Header {
  version: 1;
  fingerprint: string;
  baseline?: Baseline;
}

/**
 * Keeps a search in a folder: search.json, of each trial trials/ID.json (its result),
 * ID.tfz (its weights) and ID.model.tfz (its model as it is given away), best.tfz and
 * report.html. Each file is written whole or not at all; a trial counts when its .json is
 * there, which is written last.
 */
export class FolderStore implements TrialStore {
  private lock: FolderLock | undefined;
  private header: Header | undefined;

  /** @param folder Made when it is not there. */
  constructor(readonly folder: string) {
    check(typeof folder === 'string' && folder !== '', 'output', "a folder's name", folder);
  }

  async open(fingerprint: string): Promise<void> {
    const { mkdir } = fs();
    await mkdir(this.path('trials'), { recursive: true });
    const lock = await FolderLock.take(this.path('search.lock'), this.folder);
    try {
      const text = await this.read('search.json');
      const header: Header = text ? this.parse('search.json', text) : { version: 1, fingerprint };
      if (header.version !== 1) throw new Error(`${this.path('search.json')} is of another version of tfjs-compress.`);
      if (header.fingerprint !== fingerprint) {
        throw new Error(
          `${this.folder} holds a search for another model, or with other options than these. Give the ` +
            'same ones to go on with it (minutes and trials may differ), or another output.',
        );
      }
      this.header = header;
      if (!text) await this.writeHeader();
    } catch (error) {
      await lock.release();
      throw error;
    }
    this.lock = lock;
  }

  async baseline(): Promise<Baseline | undefined> {
    return this.header?.baseline;
  }

  async putBaseline(baseline: Baseline): Promise<void> {
    this.header = { ...this.header!, baseline };
    await this.writeHeader();
  }

  async results(): Promise<TrialResult[]> {
    const names = (await fs().readdir(this.path('trials'))).filter((name) => name.endsWith('.json')).sort();
    return Promise.all(
      names.map(async (name) => this.parse(`trials/${name}`, (await this.read(`trials/${name}`)) ?? '')),
    );
  }

  async put({ result, file, model }: TrialOutcome): Promise<void> {
    const path = `trials/${result.id}`;
    if ((await this.read(`${path}.json`)) !== undefined) return;
    if (file) await this.write(`${path}.tfz`, file);
    if (model) await this.write(`${path}.model.tfz`, model);
    await this.write(`${path}.json`, `${JSON.stringify(result, null, 2)}\n`);
  }

  file(id: string): Promise<Uint8Array | undefined> {
    return this.readBytes(`trials/${id}.tfz`);
  }

  model(id: string): Promise<Uint8Array | undefined> {
    return this.readBytes(`trials/${id}.model.tfz`);
  }

  async write(name: string, content: Uint8Array | string): Promise<void> {
    await writeFile(`file://${this.path(name)}`, content);
  }

  async close(): Promise<void> {
    const { lock } = this;
    this.lock = undefined;
    await lock?.release();
  }

  private async writeHeader(): Promise<void> {
    await this.write('search.json', `${JSON.stringify(this.header)}\n`);
  }

  private path(name: string): string {
    return builtin<typeof import('node:path')>('node:path').join(this.folder, name);
  }

  private async read(name: string): Promise<string | undefined> {
    const bytes = await this.readBytes(name);
    return bytes && new TextDecoder().decode(bytes);
  }

  private async readBytes(name: string): Promise<Uint8Array | undefined> {
    try {
      return await fs().readFile(this.path(name));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  private parse<T>(name: string, text: string): T {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Error(`${this.path(name)}: ${(error as Error).message}`);
    }
  }
}

function fs() {
  return builtin<typeof import('node:fs/promises')>('node:fs/promises');
}
