/**
 * Adds to package-lock.json the optional packages for other platforms that the registry
 * in use did not serve. A lock file written behind a partial mirror lacks them, and
 * `npm ci` then refuses it on every platform. Run after `npm install` changed the lock
 * file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const systems = { darwin: 'darwin', win32: 'win32', windows: 'win32', linux: 'linux', android: 'android' };
const otherSystems = {
  freebsd: 'freebsd',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
};
const processors = { x64: 'x64', 64: 'x64', arm64: 'arm64', arm: 'arm', ia32: 'ia32', ppc64: 'ppc64', s390x: 's390x' };
const otherProcessors = { riscv64: 'riscv64', loong64: 'loong64', wasm32: 'wasm32' };

/**
 * The lock entry of an optional package, its platform read from its name; undefined when
 * the name tells none.
 */
export function platformEntry(name, version, dev) {
  const words = name.split('/').pop().split('-');
  const pick = (table) => words.map((word) => (Object.hasOwn(table, word) ? table[word] : undefined)).find(Boolean);
  const os = pick({ ...systems, ...otherSystems });
  const cpu = pick({ ...processors, ...otherProcessors });
  if (!os || !cpu) return undefined;
  const libc = words.some((word) => word.startsWith('musl'))
    ? 'musl'
    : words.some((word) => word.startsWith('gnu'))
      ? 'glibc'
      : undefined;
  return {
    version,
    cpu: [cpu],
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    os: [os],
  };
}

/** Returns the names added to `lock` (changed in place). */
export function completeLockfile(lock) {
  const added = [];
  for (const [path, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${path}/node_modules/${name}`;
      const top = `node_modules/${name}`;
      if (lock.packages[nested] || lock.packages[top] || !/^\d+\.\d+\.\d+/.test(version)) continue;
      const made = platformEntry(name, version, entry.dev);
      if (!made) continue;
      lock.packages[top] = made;
      added.push(name);
    }
  }
  const byPath = (a, b) => a[0].localeCompare(b[0], 'en');
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(byPath));
  return added;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const added = completeLockfile(lock);
  if (added.length) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length ? `package-lock.json: added ${added.join(', ')}` : 'package-lock.json is complete');
}
