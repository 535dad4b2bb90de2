import { InvalidArgumentError } from 'commander';

export const anyModel = 'a .tfz file, a folder with model.json, or a model.json';

/** What a command's help ends with. */
export function examples(lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  npx tfjs-compress ${line}`).join('\n')}\n`;
}

export function numberFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= min && value <= max))
      throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
    return value;
  };
}

export function wholeFrom(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = numberFrom(min, max)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return value;
  };
}

export function folderName(text: string): string {
  if (text.endsWith('.tfz')) throw new InvalidArgumentError('Expected a folder; pack writes a .tfz file.');
  return text;
}

export function endingIn(ending: string): (text: string) => string {
  return (text) => {
    if (!text.endsWith(ending)) throw new InvalidArgumentError(`Expected a name ending in ${ending}.`);
    return text;
  };
}

export function nameOnQueue(text: string): string {
  if (!/^[\w.-]+$/.test(text))
    throw new InvalidArgumentError('Expected letters, digits, dots, hyphens and underscores.');
  return text;
}
