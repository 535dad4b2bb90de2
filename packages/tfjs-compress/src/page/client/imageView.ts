import { type ImageInput, type ValueRange, valueRanges } from '../PageConfig.js';
import { centerByMass } from './centerByMass.js';
import { make } from './dom.js';
import { drawingPad } from './drawingPad.js';
import type { InputView } from './InputView.js';
import { cover, decode, interleave, isDarkOnLight, planesOf, planesOn, show } from './image.js';
import type { Plane } from './resample.js';

/** An image from a file, dropped or pasted; for one channel also drawn by hand. */
export function imageView(
  input: ImageInput,
  range: ValueRange,
  onChange: () => void,
  onError: (error: Error) => void,
): InputView {
  const { channels, height, width } = input;
  /** Of an image from a file, as long as nobody draws on it. */
  let image: Plane[] | undefined;
  let isDrawn = false;

  const pad =
    channels === 1 &&
    drawingPad(
      input,
      () => {
        // Lines that are drawn on an image belong to what the pad shows.
        image = undefined;
        isDrawn = true;
        onChange();
      },
      () => {
        image = undefined;
        isDrawn = invert.checked = false;
        onChange();
      },
    );
  const seen = make('canvas', { width, height, role: 'img', 'aria-label': 'What the model sees' });
  const center = make('input', { type: 'checkbox', checked: height === 28 && width === 28 });
  const invert = make('input', { type: 'checkbox' });
  const ranges = make(
    'select',
    {},
    ...Object.keys(valueRanges).map((each) => make('option', { value: each }, each.replace('..', ' … '))),
  );
  ranges.value = range;
  const file = make('input', { type: 'file', accept: 'image/*' });
  const clear = make('button', { type: 'button' }, 'Clear');

  const take = async (blob: Blob) => {
    try {
      const bitmap = await decode(blob);
      const planes = planesOf(bitmap, channels);
      if (pad) {
        pad.clear();
        cover(pad.context, bitmap);
        invert.checked = isDarkOnLight(planes[0]);
      }
      bitmap.close();
      image = planes;
      onChange();
    } catch (error) {
      onError(error as Error);
    }
  };
  file.addEventListener('change', () => {
    if (file.files?.[0]) take(file.files[0]);
    // The same file a second time is a change, too.
    file.value = '';
  });
  if (pad) clear.addEventListener('click', pad.clear);
  for (const setting of [center, invert, ranges]) setting.addEventListener('change', onChange);

  const read = () => {
    let planes = image ?? (pad && isDrawn ? planesOn(pad.context, 1) : undefined);
    if (!planes) {
      seen.getContext('2d')!.clearRect(0, 0, width, height);
      return undefined;
    }
    if (invert.checked) planes = planes.map((each) => ({ ...each, values: each.values.map((value) => 1 - value) }));
    const values = pad && center.checked ? centerByMass(planes[0], input) : interleave(planes, input);
    show(seen, values, channels);
    const [black, white] = valueRanges[ranges.value as ValueRange];
    return values.map((value) => black + (white - black) * value);
  };

  const check = (box: HTMLInputElement, text: string) => make('label', { class: 'check' }, box, text);
  const seenAs = make('figure', {}, seen, make('figcaption', {}, `What the model sees: ${width} × ${height}`));
  const buttons = make('div', { class: 'row' }, make('label', { class: 'button' }, file, 'Choose an image'));
  const settings = make('details', {}, make('summary', {}, 'From image to numbers'));
  if (pad) {
    buttons.prepend(clear);
    settings.append(check(center, 'Scale and center, as MNIST does'), check(invert, 'Invert: dark on light'));
  }
  settings.append(make('label', {}, 'Values from black to white', ranges));
  const hint = make('p', { class: 'hint' }, 'An image can also be dropped or pasted here.');
  return {
    element: pad ? make('div', {}, pad.element, buttons) : make('div', { class: 'large' }, seenAs, buttons),
    more: pad ? make('div', {}, pad.keys, hint, seenAs, settings) : make('div', {}, hint, settings),
    read,
    take,
  };
}
