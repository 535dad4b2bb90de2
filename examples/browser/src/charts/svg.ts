const namespace = 'http://www.w3.org/2000/svg';

/** An SVG element with attributes and children; strings become text. */
export function svg(
  tag: string,
  attributes: Record<string, string | number> = {},
  ...children: (SVGElement | string)[]
): SVGElement {
  const element = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
  element.append(...children);
  return element;
}

/**
 * Draws into `place`, and again whenever its width changes: text keeps its size, where a
 * picture that is scaled would shrink it. Returns what redraws it.
 *
 * @param label What the picture shows, for who does not see it.
 */
export function drawnTo(
  place: HTMLElement,
  label: () => string,
  draw: (width: number, height: number) => SVGElement[],
): () => void {
  const update = () => {
    const { clientWidth: width, clientHeight: height } = place;
    if (width === 0) return;
    const picture = svg('svg', { role: 'img', 'aria-label': label(), viewBox: `0 0 ${width} ${height}` });
    picture.append(...draw(width, height));
    place.replaceChildren(picture);
  };
  new ResizeObserver(update).observe(place);
  return update;
}
