import dense from '../../../../packages/runtime/dist/dense.iife.js?raw';
import all from '../../../../packages/runtime/dist/index.iife.js?raw';
import client from '../../../../packages/tfjs-compress/dist/page.iife.js?raw';
import { pageOf as makePageOf } from '../../../../packages/tfjs-compress/src/page/pageOf.js';
import type { Artifacts } from '../messages.js';

export type MadePage = Awaited<ReturnType<typeof makePageOf>>;

/**
 * The page that `npx tfjs-compress page` writes for the model, made in this one.
 *
 * @throws Error for a model that the runtime cannot run.
 */
export function pageOf(title: string, file: Uint8Array, topology: Artifacts['modelTopology']): Promise<MadePage> {
  const runtime = (kind: 'all' | 'dense') => `${(kind === 'all' ? all : dense).trim()}\n`;
  return makePageOf({ name: title, title, file, topology }, { client: client.trim(), runtime });
}
