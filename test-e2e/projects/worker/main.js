const epochs = 8;

/**
 * Trains in a worker until it has done so or, given `stopAt`, waits to be terminated;
 * returns what it ended with.
 */
function trainInWorker(address, stopAt) {
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const done = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.done));
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  worker.postMessage({ address, epochs, stopAt });
  return done.finally(() => worker.terminate());
}

async function run() {
  // Before surgery has fixed its masks, and while weights are being quantized.
  const ended = [
    await trainInWorker('indexeddb://ended', { epochs: 2, steps: 3 }),
    await trainInWorker('indexeddb://ended', { epochs: 7, steps: 2 }),
  ];
  const resumed = await trainInWorker('indexeddb://ended');
  const inOneGo = await trainInWorker('indexeddb://in-one-go');
  return { ended, resumed, inOneGo };
}

const result = await run().catch((error) => ({ error: error.message }));
await fetch('/result', { method: 'POST', body: JSON.stringify(result) });
