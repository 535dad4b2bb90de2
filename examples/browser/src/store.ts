import type { RunRecord } from './messages.js';

const [database, table, key] = ['tfjs-compress-live', 'runs', 'run'];

/** The run that this browser keeps, if there is one and it can be read. */
export async function readRun(): Promise<RunRecord | null> {
  const record = (await transaction('readonly', (runs) => runs.get(key))) as RunRecord | undefined;
  return record?.version === 1 ? record : null;
}

/** Replaces it, whole or not at all. @throws where storage is refused or full. */
export async function keepRun(record: RunRecord): Promise<void> {
  await transaction('readwrite', (runs) => runs.put(record, key));
}

export async function forgetRun(): Promise<void> {
  await transaction('readwrite', (runs) => runs.delete(key));
}

async function transaction<T>(mode: IDBTransactionMode, act: (runs: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const opened = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const running = opened.transaction(table, mode);
      const request = act(running.objectStore(table));
      // A request that succeeded is not yet on the disk.
      running.oncomplete = () => resolve(request.result);
      running.onabort = () => reject(running.error ?? new Error('the browser ended the transaction'));
    });
  } finally {
    opened.close();
  }
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    // Throws where storage is switched off.
    const request = indexedDB.open(database, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(table);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
