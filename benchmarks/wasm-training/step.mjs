/**
 * Times training steps of one net in one column: `node step.mjs COLUMN NET SECONDS`.
 * Prints JSON.
 */
import { start } from './backends.mjs';
import { buildNet, makeBatch, nets } from './nets.mjs';

const [column, name, seconds] = process.argv.slice(2);
try {
  console.log(JSON.stringify(await time(await start(column))));
} catch (error) {
  console.log(JSON.stringify({ error: error.message.split('\n')[0] }));
}

async function time(tf) {
  const { batch, cpuBatch } = nets[name];
  const used = column === 'cpu' ? (cpuBatch ?? batch) : batch;
  const model = buildNet(tf, name);
  const [x, y] = makeBatch(tf, name, used);
  // The first steps make the optimizer's slots and compile the kernels; the cpu backend,
  // of which one step may take half a minute, has none.
  if (column !== 'cpu') for (let i = 0; i < 2; i++) await model.trainOnBatch(x, y);
  const [wall, processor] = [[], []];
  const begin = performance.now();
  do {
    const [start, cpu] = [performance.now(), process.cpuUsage()];
    await model.trainOnBatch(x, y);
    wall.push(performance.now() - start);
    const { user, system } = process.cpuUsage(cpu);
    processor.push((user + system) / 1000);
  } while (performance.now() - begin < 1000 * seconds && wall.length < 100);
  return { batch: used, wall, processor };
}
