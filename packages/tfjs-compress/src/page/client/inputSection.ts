import type { PageInput, ValueRange } from '../PageConfig.js';
import { make } from './dom.js';
import { imageView } from './imageView.js';
import { numbersView } from './numbersView.js';

export interface InputSection {
  element: HTMLElement;
  more: HTMLElement;
  /**
   * The input's values; undefined where there are none yet, or wrong ones, which the
   * section then says.
   */
  read(): Float32Array | undefined;
  take?(file: Blob): void;
}

export function inputSection(input: PageInput, title: string, range: ValueRange, onChange: () => void): InputSection {
  const problem = make('p', { class: 'problem', role: 'alert' });
  const tell = (error: unknown) => {
    problem.textContent = (error as Error).message;
  };
  const view = input.kind === 'image' ? imageView(input, range, onChange, tell) : numbersView(input, onChange);
  const element = make('section', { 'aria-label': title }, make('h2', {}, title), view.element, problem);
  const read = () => {
    try {
      problem.textContent = '';
      return view.read();
    } catch (error) {
      tell(error);
      return undefined;
    }
  };
  return { element, more: make('div', {}, ...(view.more ? [view.more] : [])), read, take: view.take };
}

/**
 * An image that is dropped or pasted goes to the input it was dropped on or where the
 * focus is, else to the first that takes one.
 */
export function takeImages(sections: InputSection[]): void {
  const give = (files: FileList | undefined, target: EventTarget | null): boolean => {
    const takers = sections.filter(({ take }) => take);
    const taker =
      takers.find(({ element, more }) => [element, more].some((each) => each.contains(target as Node))) ?? takers[0];
    if (!files?.length || !taker) return false;
    taker.take!(files[0]);
    return true;
  };
  document.addEventListener('dragover', (event) => event.preventDefault());
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    give(event.dataTransfer?.files, event.target);
  });
  document.addEventListener('paste', (event) => {
    if (give(event.clipboardData?.files, event.target)) event.preventDefault();
  });
}
