import { check, checkKnownOptions } from '@tfjs-compress/math/internal';
import { allFigures, collectFigures, type FigureOptions, type ModelOrArtifacts } from './collect.js';

/** What is used of tfjs-vis: `tfvis.visor()` is one. */
export interface Visor {
  surface(options: { name: string; tab?: string }): { drawArea: HTMLElement };
}

export interface ShowReportOptions extends FigureOptions {
  /** The tab of the visor. Default: 'Compression'. */
  tab?: string;
}

/**
 * The figures of makeReport as surfaces of tfjs-vis, each in one named after its title:
 * called again, it draws them anew.
 *
 * ```js
 * await showReport(model, tfvis.visor(), { history: await model.fit(x, y, …) });
 * ```
 *
 * @param model A tfjs layers model, or what its save() hands to a handler.
 * @throws ArgumentError for an unknown option, a history that is none, a visor without
 *   surface().
 */
export async function showReport(
  model: ModelOrArtifacts,
  visor: Visor,
  options: ShowReportOptions = {},
): Promise<void> {
  checkKnownOptions(options, ['tab', 'history', 'search', 'original', 'onProgress'], 'showReport');
  check(typeof visor?.surface === 'function', 'visor', 'tfvis.visor()', visor);
  const { tab = 'Compression', ...figureOptions } = options;
  for (const { title, svg } of allFigures(await collectFigures(model, figureOptions))) {
    const { drawArea } = visor.surface({ name: title, tab });
    drawArea.innerHTML = svg;
    const element = drawArea.querySelector('svg')!;
    element.style.maxWidth = '100%';
    element.style.height = 'auto';
  }
}
