import { spawn } from 'node:child_process';

export interface RunResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  cwd: string;
  /** Milliseconds after which the program is ended; default 240 s. */
  timeout?: number;
  /** Accept any exit code; default false. */
  mayFail?: boolean;
  env?: Record<string, string>;
}

/**
 * Runs a program to its end; throws with everything it printed unless it exits with 0.
 */
export async function run(command: string, args: string[], options: RunOptions): Promise<RunResult> {
  const { cwd, timeout = 240_000, mayFail = false, env } = options;
  const child = spawn(command, args, {
    cwd,
    timeout,
    env: { ...consumerEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32' && command === 'npm',
  });
  const result: RunResult = { code: null, stdout: '', stderr: '' };
  child.stdout.on('data', (text) => {
    result.stdout += text;
  });
  child.stderr.on('data', (text) => {
    result.stderr += text;
  });
  result.code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (result.code !== 0 && !mayFail) {
    throw new Error(`${command} ${args.join(' ')} ended with ${result.code}\n${result.stdout}\n${result.stderr}`);
  }
  return result;
}

/** The JSON that a program printed as its last line. */
export function lastJson<T>({ stdout }: RunResult): T {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as T;
}

/**
 * Without what npm and vitest set for their own children, which would reach into the
 * consumer's npm and node.
 */
export function consumerEnvironment(): NodeJS.ProcessEnv {
  const own = ([name]: [string, unknown]) => !/^(npm_|VITEST|VITE_|NODE_ENV$|NODE_OPTIONS$|TFJS_BACKEND)/i.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(own));
}
