/** The page in which all contenders are measured. */
import { measureNet } from '../measure.mjs';

const environment = {
  read: async (file) => {
    const response = await fetch(`/nets/${file}`);
    if (!response.ok) throw new Error(`${file}: not there.`);
    return new Uint8Array(await response.arrayBuffer());
  },
  load: (entry) => import(`/bundles/${entry}.mjs`),
  base: '/bundles/',
  /**
   * Processor time of the page's thread, which the program that opened it has to ask for.
   */
  clock: async () => ({ processor: await globalThis.threadTime(), wall: performance.now() }),
};

globalThis.measure = (net, batch, contenders, options) => measureNet(net, batch, contenders, environment, options);
