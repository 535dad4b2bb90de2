import { SaxesParser } from 'saxes';

export interface XmlElement {
  name: string;
  /** Its own text and that of CDATA sections, without that of elements in it. */
  text: string;
  children: XmlElement[];
}

/** The root of an XML document. Throws an Error that names the file and the place. */
export function parseXml(xml: string, file: string): XmlElement {
  const top: XmlElement = { name: '', text: '', children: [] };
  const open = [top];
  const last = () => open[open.length - 1];
  const parser = new SaxesParser();
  const addText = (text: string) => {
    last().text += text;
  };
  parser.on('opentag', ({ name }) => {
    const element = { name, text: '', children: [] };
    last().children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  try {
    parser.write(xml).close();
  } catch (error) {
    throw new Error(`${file}: not well-formed XML (${(error as Error).message}).`);
  }
  return top.children[0];
}

/** Elements of that name directly in `element`. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first of them, without space around it. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  return element && childrenOf(element, name)[0]?.text.trim();
}
