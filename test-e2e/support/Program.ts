import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import { consumerEnvironment } from './run.js';

/** A Node program that runs while the test goes on. */
export class Program {
  output = '';
  /** Its exit code, or the signal that has ended it. */
  readonly ended: Promise<number | string>;
  private readonly child: ChildProcess;
  private hasEnded = false;

  constructor(args: string[], cwd: string, env: Record<string, string>) {
    this.child = spawn(process.execPath, args, { cwd, env: { ...consumerEnvironment(), ...env } });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding('utf8').on('data', (text) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) =>
      this.child.once('close', (code, signal) => {
        this.hasEnded = true;
        resolve(code ?? signal!);
      }),
    );
  }

  /** Waits until it has printed that. */
  async prints(what: RegExp): Promise<void> {
    await until(
      () => what.test(this.output) || this.hasEnded,
      () => this.output,
    );
    if (!what.test(this.output)) throw new Error(`ended without ${what}:\n${this.output}`);
  }

  async end(signal: NodeJS.Signals): Promise<number | string> {
    this.child.kill(signal);
    return this.ended;
  }
}

export async function until(isSo: () => boolean, describe: () => string): Promise<void> {
  for (const start = Date.now(); !isSo(); await setTimeout(20))
    if (Date.now() - start > 120_000) throw new Error(`waited for two minutes:\n${describe()}`);
}
