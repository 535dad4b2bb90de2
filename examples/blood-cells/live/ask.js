const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
const waiting = new Map();
/** The last question of each task. */
const last = new Map();
let count = 0;

worker.onmessage = ({ data: { id, ...answer } }) => {
  waiting.get(id)?.(answer);
  waiting.delete(id);
};
worker.onerror = ({ message }) => {
  for (const answer of waiting.values()) answer({ error: `the worker failed: ${message}` });
  waiting.clear();
};

/**
 * What the worker answers to a task; undefined where the same was asked again meanwhile.
 * One question of a task is on its way at a time: of those that wait, the last one goes.
 */
export async function ask(task, given) {
  const id = ++count;
  const before = last.get(task);
  const answered = new Promise((resolve) => waiting.set(id, resolve));
  last.set(task, { id, answered });
  await before?.answered;
  if (last.get(task).id !== id) {
    waiting.get(id)({});
    waiting.delete(id);
    return undefined;
  }
  worker.postMessage({ id, task, ...given });
  const { error, ...answer } = await answered;
  if (error) throw new Error(error);
  return last.get(task).id === id ? answer : undefined;
}
