import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeReport } from 'tfjs-compress/report';

/**
 * Writes report.html into `folder`, and its figures as SVG files into the folder report
 * beside it. Returns the page's path.
 */
export async function writeReport(model, options, folder) {
  const { html, figures } = await makeReport(model, options);
  const svgs = join(folder, 'report');
  mkdirSync(svgs, { recursive: true });
  for (const { name, svg } of figures) writeFileSync(join(svgs, `${name}.svg`), svg);
  const page = join(folder, 'report.html');
  writeFileSync(`${page}.tmp`, html);
  renameSync(`${page}.tmp`, page);
  return page;
}
