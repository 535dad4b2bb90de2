/**
 * Files of Node. The modules are asked for at run time, so that no bundler for browsers
 * meets an import of them.
 */
export function builtin<T>(name: string): T {
  const modules = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule;
  if (!modules)
    throw new Error('file:// needs Node 20.16, 22.3 or later; in a browser use downloads://, indexeddb:// or a File.');
  return modules(name as any) as T;
}

const scheme = 'file://';

export function isFileUrl(url: string): boolean {
  return url.startsWith(scheme);
}

/**
 * The path in a file:// URL, which as in tfjs-node is what follows the scheme, relative
 * or absolute.
 */
function filePath(url: string): string {
  const path = url.slice(scheme.length);
  return path.startsWith('/') && /^\/[a-z]:/i.test(path) ? path.slice(1) : path;
}

export async function readFile(url: string): Promise<Uint8Array> {
  const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  return fs.readFile(filePath(url));
}

/**
 * Writes a whole file or none: to a temporary name beside it, then by renaming. Makes
 * missing folders.
 */
export async function writeFile(url: string, bytes: Uint8Array | string): Promise<void> {
  const fs = builtin<typeof import('node:fs/promises')>('node:fs/promises');
  const { dirname } = builtin<typeof import('node:path')>('node:path');
  // Not the global: at its sight Parcel installs a polyfill into the project.
  const { pid } = builtin<typeof import('node:process')>('node:process');
  const path = filePath(url);
  const temporary = `${path}.${pid}.${Date.now().toString(36)}.tmp`;
  await fs.mkdir(dirname(path), { recursive: true });
  try {
    const file = await fs.open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true });
    throw error;
  }
}
