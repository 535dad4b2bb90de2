import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyRepository } from '../../scripts/copyRepository.mjs';
import { publicPackages } from '../../scripts/packages.mjs';
import { build, root } from '../../scripts/setup.mjs';
import { snippetsOf } from '../support/readmes.js';
import { type RunResult, run } from '../support/run.js';
import { errorsIn, resolutions } from '../support/typescript.js';
import { type Registry, startRegistry } from './registry.js';

/**
 * A release, made as the release workflow makes it, in a copy of the repository and to a
 * registry of this machine; then a new project that installs it from there, and a second
 * release.
 */
const names = publicPackages().map(({ name }) => name);
const tfjs = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies['@tensorflow/tfjs'];

let folder: string;
let registry: Registry;
let copy: string;
let project: string;
let version: string;
const changes = changesets();

beforeAll(async () => {
  build();
  folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-release-'));
  registry = await startRegistry(folder);
  copy = copyRepository({ link: true });
  await git('init', '--quiet');
  version = await release();
  project = join(folder, 'project');
  mkdirSync(project);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true, type: 'module' }));
  await npm(project, 'install', ...names, `@tensorflow/tfjs@${tfjs}`);
});

afterAll(async () => {
  await registry?.stop();
  for (const path of [folder, copy]) if (path) await rm(path, { recursive: true, force: true });
});

describe('a release', () => {
  it('gives all packages one version, and the lock file, dependants and tags too', async () => {
    for (const name of names) expect(manifestOf(copy, `packages/${shortName(name)}`).version, name).toBe(version);
    const { packages } = JSON.parse(readFileSync(join(copy, 'package-lock.json'), 'utf8'));
    for (const name of names) expect(packages[`packages/${shortName(name)}`].version, name).toBe(version);
    for (const workspace of ['test-e2e', 'examples/tools']) {
      const manifest = manifestOf(copy, workspace);
      const ours = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
      const pinned = ours.filter(([name]) => names.includes(name));
      expect(pinned.map(([, range]) => range)).toEqual(pinned.map(() => version));
    }
    const { stdout } = await git('tag', '--list');
    expect(stdout.trim().split('\n').sort()).toEqual(names.map((name) => `${name}@${version}`).sort());
  });

  it('writes changelogs that say what the changesets say, and only for what is published', () => {
    for (const name of names) {
      const lines = readFileSync(join(copy, 'packages', shortName(name), 'CHANGELOG.md'), 'utf8')
        .trim()
        .split('\n');
      expect(lines.slice(0, 3)).toEqual([`# ${name}`, '', `## ${version}`]);
      if (changes.length === 0) continue; // They were released by the commit that is tried.
      const texts = changes.filter((change) => change.names.includes(name)).flatMap(({ text }) => text.split('\n'));
      const written = lines.slice(3).map((line) => line.replace(/^- [0-9a-f]{7}: /, '').trim());
      expect(written.filter((line) => line && !line.startsWith('### '))).toEqual(
        texts.map((line) => line.trim()).filter(Boolean),
      );
    }
    const examples = readdirSync(join(copy, 'examples'), { recursive: true }).map(String);
    expect(examples.filter((path) => /CHANGELOG/.test(path))).toEqual([]);
    expect(readdirSync(join(copy, '.changeset')).sort()).toEqual(['changelog.cjs', 'config.json']);
  });
});

describe('a project that installs it', () => {
  it('finds what belongs in a package, and nothing else', () => {
    for (const name of names) {
      const installed = join(project, 'node_modules', name);
      expect(manifestOf(installed).version).toBe(version);
      for (const file of ['LICENSE', 'README.md', 'CHANGELOG.md']) {
        expect(readFileSync(join(installed, file), 'utf8')).toBe(
          readFileSync(join(copy, 'packages', shortName(name), file), 'utf8'),
        );
      }
      expect(existsSync(join(installed, 'src'))).toBe(false);
    }
  });

  const [{ code }] = snippetsOf(join(root, 'README.md'));

  it("runs the README's program, as an ES module and as CommonJS", async () => {
    expect(code).toContain("from 'tfjs-compress'");
    const required = code
      .replace(/^import \* as (\w+) from (.*);$/gm, 'const $1 = require($2);')
      .replace(/^import (\{.*\}) from (.*);$/gm, 'const $1 = require($2);');
    writeFileSync(join(project, 'program.mjs'), code);
    writeFileSync(join(project, 'program.cjs'), `(async () => {\n${required}})();\n`);
    const wanted = [...code.matchAll(/\/\/ → (.*)$/gm)].map(([, text]) => text.trim());
    expect(wanted).not.toEqual([]);
    for (const file of ['program.mjs', 'program.cjs']) {
      const { stdout } = await run(process.execPath, [file], { cwd: project });
      for (const text of wanted) expect(stdout, file).toContain(text);
    }
  });

  it("compiles the README's program, strict", () => {
    writeFileSync(join(project, 'typed.mts'), code);
    expect(errorsIn(project, ['typed.mts'], { ...resolutions.node16, noImplicitAny: false })).toEqual([]);
  });

  it('has the command line', async () => {
    const { stdout } = await npm(project, 'exec', '--no', '--', 'tfjs-compress', '--version');
    expect(stdout.trim().split('\n').at(-1)).toBe(version);
  });

  it('gets the next release of one package whole: all of them, each once', async () => {
    writeFileSync(join(copy, '.changeset', 'next.md'), "---\n'@tfjs-compress/math': patch\n---\n\nThe next one.\n");
    const next = await release();
    expect(next).not.toBe(version);
    await npm(project, 'update');
    const installed = readdirSync(join(project, 'node_modules'), { recursive: true })
      .map(String)
      .filter((path) => /^((.*node_modules.)?(@tfjs-compress.[\w-]+|tfjs-compress)).package\.json$/.test(path))
      .map((path) => manifestOf(join(project, 'node_modules', path, '..')))
      .filter((manifest) => names.includes(manifest.name));
    expect(installed.map((manifest) => `${manifest.name}@${manifest.version}`).sort()).toEqual(
      names.map((name) => `${name}@${next}`).sort(),
    );
  });
});

/** What .github/workflows/release.yml does. Returns the version that was published. */
async function release(): Promise<string> {
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'changes');
  await npm(copy, 'run', 'release:version');
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '--message', 'version');
  await npm(copy, 'run', 'release:publish');
  return manifestOf(copy, 'packages/tfjs-compress').version;
}

function npm(cwd: string, ...args: string[]): Promise<RunResult> {
  const quiet = { npm_config_audit: 'false', npm_config_fund: 'false', npm_config_loglevel: 'error' };
  const author = { GIT_AUTHOR_NAME: 'Release', GIT_AUTHOR_EMAIL: 'release@localhost' };
  const committer = { GIT_COMMITTER_NAME: 'Release', GIT_COMMITTER_EMAIL: 'release@localhost' };
  return run('npm', args, { cwd, env: { ...quiet, ...author, ...committer, ...registry.env } });
}

function git(...args: string[]): Promise<RunResult> {
  const author = ['-c', 'user.name=Release', '-c', 'user.email=release@localhost', '-c', 'commit.gpgsign=false'];
  return run('git', [...author, ...args], { cwd: copy });
}

function manifestOf(...path: string[]) {
  return JSON.parse(readFileSync(join(...path, 'package.json'), 'utf8'));
}

function shortName(name: string): string {
  return name.replace('@tfjs-compress/', '');
}

/**
 * The changes that wait for a release in .changeset/: a package's name each, and what is
 * said of it.
 */
function changesets(): { names: string[]; text: string }[] {
  const place = join(root, '.changeset');
  return readdirSync(place)
    .filter((file) => file.endsWith('.md'))
    .map((file) => {
      const [, head, text] = readFileSync(join(place, file), 'utf8').split(/^---$/m);
      return { names: [...head.matchAll(/^['"](.+)['"]:/gm)].map(([, name]) => name), text: text.trim() };
    });
}
