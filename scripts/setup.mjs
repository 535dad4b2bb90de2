/**
 * Makes a clone ready: installs what package-lock.json lists and builds the packages.
 * Does nothing when both are up to date.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs if needed, then builds; throws an Error that says which of the two failed. */
export function setup() {
  checkNode();
  install();
  build();
  linkCommand();
}

/**
 * npm leaves out the command of a package that is not built yet; `npx tfjs-compress`
 * needs it.
 */
function linkCommand() {
  if (existsSync(join(root, 'node_modules', '.bin', 'tfjs-compress'))) return;
  const npm = npmCommand();
  const args = [...npm.args, 'rebuild', 'tfjs-compress', '--ignore-scripts', '--loglevel=error'];
  const result = spawnSync(npm.command, args, { cwd: root, shell: npm.shell, encoding: 'utf8' });
  if (result.status !== 0) console.warn(`npx tfjs-compress will not be found here: ${result.stderr}`);
}

/**
 * Builds every package whose sources changed, no example and no site; `force` builds all.
 */
export function build({ force = false } = {}) {
  const turbo = join(root, 'node_modules', 'turbo', 'bin', 'turbo');
  const options = ['--filter=./packages/*', '--output-logs=errors-only', '--log-order=grouped'];
  const args = ['run', 'build', ...options, ...(force ? ['--force'] : [])];
  const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', TURBO_NO_UPDATE_NOTIFIER: '1' };
  const result = spawnSync(process.execPath, [turbo, ...args], { cwd: root, env, encoding: 'utf8' });
  if (result.status === 0) return;
  console.error(result.stdout, result.stderr);
  throw new Error('The build failed; its output is above.');
}

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < 20) throw new Error(`Node 20 or later is needed, this is ${process.version}.`);
}

function install() {
  const reason = reasonToInstall();
  if (!reason) return;
  console.log(`Installing dependencies (${reason}): takes about half a minute …`);
  const start = Date.now();
  const npm = npmCommand();
  const args = [...npm.args, 'ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
  const result = spawnSync(npm.command, args, { cwd: root, stdio: 'inherit', shell: npm.shell });
  if (result.status !== 0) throw new Error(`npm ci failed (${result.error?.message ?? `exit ${result.status}`}).`);
  console.log(`Installed in ${Math.round((Date.now() - start) / 1000)} s.`);
}

/**
 * Why node_modules does not match package-lock.json; undefined when it does. Packages put
 * there by hand do not count.
 */
function reasonToInstall() {
  const installedFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedFile)) return 'node_modules is missing';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  for (const [path, { version, optional, link }] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/')) continue;
    const there = installed[path];
    // An optional package that is not there is most likely one for another platform.
    if (!there && optional) continue;
    if (!there || (!link && there.version !== version)) return `${path} is not as in package-lock.json`;
  }
  return undefined;
}

/** npm as this process was started by it, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.[cm]?js$/.test(script)) return { command: process.execPath, args: [script], shell: false };
  return { command: 'npm', args: [], shell: process.platform === 'win32' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setup();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
