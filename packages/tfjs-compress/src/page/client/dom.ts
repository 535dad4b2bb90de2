type Child = Node | string;

/**
 * An element with attributes and children. Strings become text and values of attributes,
 * never HTML: names of layers and labels are whatever their author wrote.
 */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string | number | boolean> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false) element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children);
  return element;
}

export function byId(id: string): HTMLElement {
  return document.getElementById(id)!;
}

let ids = 0;

/** For attributes that point to another element. */
export function uniqueId(): string {
  ids++;
  return `e${ids}`;
}
