import { writeFileSync } from 'node:fs';
import { precisionRecallSvg } from '@tfjs-compress/detection/evaluation';
import sharp from 'sharp';

const colours = { RBC: '#e11d48', WBC: '#2563eb', Platelets: '#059669' };
const shown = 12;

/**
 * An HTML page without any other file: images with boxes (dashed: the truth), curves,
 * the stages' table.
 */
export async function writePage(file, { images, detections, result, stages, scoreThreshold }) {
  const figures = [];
  for (let i = 0; i < Math.min(shown, images.length); i++) {
    figures.push(
      await figure(
        images[i],
        detections[i].filter(({ score }) => score > scoreThreshold),
      ),
    );
  }
  const number = (value, digits) => value?.toFixed(digits) ?? '';
  const rows = stages.map(
    ({ stage, map, cocoAp, precision, recall, recall100, bytes, minutes }) =>
      `<tr><td>${stage}<td>${number(map, 3)}<td>${number(cocoAp, 3)}<td>${number(recall, 3)}<td>${number(precision, 3)}<td>${number(recall100, 3)}<td>${bytes?.toLocaleString('en-US') ?? ''}<td>${number(minutes, 1)}`,
  );
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Blood cells found by a HyperNet</title>
<style>body{font:15px/1.5 sans-serif;margin:2em auto;max-width:1340px;padding:0 1em}.grid{display:flex;flex-wrap:wrap;gap:12px}
figure{margin:0}figcaption{color:#555}td,th{padding:2px 12px;text-align:right}td:first-child,th:first-child{text-align:left}</style>
<h1>Blood cells found by a HyperNet</h1>
<p>${Object.entries(colours)
    .map(([name, colour]) => `<b style="color:${colour}">${name}</b>`)
    .join(
      ' · ',
    )}: detections of the compressed model with a score above ${scoreThreshold.toFixed(2)}, chosen on other images; dashed: the truth.
The first images of the test set.</p>
<div class="grid">${figures.join('\n')}</div>
<h2>Stages</h2><table><tr><th>stage<th>mAP@.5<th>COCO AP<th>shown: recall<th>precision<th>recall, 100 proposals<th>bytes<th>minutes</tr>${rows.join('')}</table>
<h2>Precision and recall</h2>${precisionRecallSvg(result.classes, colours)}</html>`;
  writeFileSync(file, html);
}

async function figure({ name, width, height, objects, load }, found) {
  const pixels = await load();
  const jpeg = await sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 3 } })
    .resize({ width: 420 })
    .jpeg({ quality: 80 })
    .toBuffer();
  const truth = objects.map((object) => rectangle(object, 'stroke-dasharray="7 5" stroke-width="2"'));
  const boxes = found.map(
    (each) =>
      `${rectangle(each, 'stroke-width="3"')}<text x="${each.box[0] + 3}" y="${each.box[1] + 20}" font-size="19" font-weight="bold" ` +
      `fill="${colours[each.class] ?? '#000'}" stroke="#fff" stroke-width="3" paint-order="stroke">${each.score.toFixed(2)}</text>`,
  );
  return `<figure><svg viewBox="0 0 ${width} ${height}" width="420" fill="none" font-family="sans-serif">
<image href="data:image/jpeg;base64,${jpeg.toString('base64')}" width="${width}" height="${height}"/>${truth.join('')}${boxes.join('')}</svg>
<figcaption>${name}: ${found.length} found, ${objects.length} marked</figcaption></figure>`;
}

function rectangle({ box: [x1, y1, x2, y2], class: name }, attributes) {
  const [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map((value) => value.toFixed(1));
  return `<rect x="${x}" y="${y}" width="${width}" height="${height}" stroke="${colours[name] ?? '#000'}" ${attributes}/>`;
}
