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
  const { status, stderr } = npm(['rebuild', 'tfjs-compress', '--ignore-scripts']);
  if (status !== 0) console.warn(`npx tfjs-compress will not be found here: ${stderr}`);
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
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline'];
  const { status, error } = npm(args, { stdio: 'inherit' });
  if (status !== 0) throw new Error(`npm ci failed (${error?.message ?? `exit ${status}`}).`);
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

function npm(args, options) {
  const shared = { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' };
  return spawnSync('npm', [...args, '--loglevel=error'], { ...shared, ...options });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    setup();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
