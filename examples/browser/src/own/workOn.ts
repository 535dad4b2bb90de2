import { packAsync } from 'tfjs-compress';
import { makeReport } from 'tfjs-compress/report';
import { type MadePage, pageOf } from './pageOf.js';
import type { OwnModel } from './readModel.js';

/** What comes of a model. */
export interface Worked {
  file: Uint8Array;
  /** A page of HTML. */
  report: string;
  page: MadePage | null;
  /** Why there is no page. */
  refusal: string;
}

/** @param say Told what is being done. */
export async function workOn({ name, artifacts }: OwnModel, say: (text: string) => void): Promise<Worked> {
  const done = (what: string) => (fraction: number) => say(`${what} … ${Math.round(100 * fraction)}%`);
  const file = await packAsync(artifacts, { onProgress: done('Packing') });
  say('Drawing the report …');
  await drawn();
  const { html: report } = await makeReport(artifacts, { title: name });
  say('Making the page …');
  await drawn();
  try {
    return { file, report, page: await pageOf(name, file, artifacts.modelTopology), refusal: '' };
  } catch (error) {
    return { file, report, page: null, refusal: (error as Error).message };
  }
}

/** The words are on the screen. */
function drawn(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 30);
  });
}
