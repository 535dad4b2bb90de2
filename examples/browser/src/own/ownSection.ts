import { kilobytes } from '../format.js';
import { byId, make } from '../parts.js';
import { save } from '../save.js';
import type { OwnModel } from './readModel.js';
import type { Worked } from './workOn.js';

/**
 * A model that is dropped or chosen: its report, its .tfz file, and a page that runs it.
 */
export function ownSection(): void {
  const input = make('input', { type: 'file', multiple: true, accept: '.json,.bin,.tfz' });
  const drop = make(
    'div',
    { class: 'drop' },
    make('p', {}, 'Drop the files here, or'),
    make('label', { class: 'button' }, input, 'Choose files'),
  );
  const state = make('p', { class: 'note', role: 'status' });
  const problem = make('p', { class: 'problem', role: 'alert' });
  const result = make('div', { class: 'own-result', hidden: true });
  byId('own-card').append(drop, state, problem, result);
  let turn = 0;

  input.addEventListener('change', () => {
    take([...(input.files ?? [])]);
    // The same files once more are a change, too.
    input.value = '';
  });
  const target = byId('own');
  target.addEventListener('dragover', (event) => {
    event.preventDefault();
    drop.classList.add('over');
  });
  target.addEventListener('dragleave', () => drop.classList.remove('over'));
  target.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    take([...(event.dataTransfer?.files ?? [])]);
  });
  // A file dropped beside the card would take the place of the page.
  for (const type of ['dragover', 'drop'] as const) window.addEventListener(type, (event) => event.preventDefault());

  async function take(files: File[]): Promise<void> {
    if (files.length === 0) return;
    turn++;
    const own = turn;
    problem.textContent = '';
    result.hidden = true;
    result.replaceChildren();
    state.textContent = 'Reading …';
    try {
      // Report and packing are loaded when somebody needs them.
      const [{ readModel }, { workOn }] = await Promise.all([import('./readModel.js'), import('./workOn.js')]);
      const model = await readModel(files);
      const worked = await workOn(model, (text) => {
        if (own === turn) state.textContent = text;
      });
      if (own !== turn) return;
      state.textContent = '';
      show(model, worked);
    } catch (error) {
      if (own !== turn) return;
      state.textContent = '';
      problem.textContent = (error as Error).message;
    }
  }

  function show({ name, bytes }: OwnModel, { file, report, page, refusal }: Worked): void {
    const fact = (what: string, value: string) => [make('dt', {}, what), make('dd', {}, value)];
    const download = (text: string, act: () => void) => {
      const button = make('button', { type: 'button' }, text);
      button.addEventListener('click', act);
      return button;
    };
    const buttons = make(
      'div',
      { class: 'actions' },
      download(`Download ${name}.tfz`, () => save(file as BlobPart, `${name}.tfz`, 'application/octet-stream')),
      download('Download the report', () => save(report, `${name}-report.html`, 'text/html')),
    );
    if (page)
      buttons.append(download(`Download ${name} as a page`, () => save(page.html, `${name}.html`, 'text/html')));
    const frame = make('iframe', { title: `Report of ${name}`, sandbox: '', srcdoc: report });
    result.replaceChildren(
      make(
        'dl',
        { class: 'facts' },
        ...fact('What you dropped', kilobytes(bytes)),
        ...fact(`${name}.tfz, every weight the same`, kilobytes(file.length)),
        ...(page ? fact('A page that runs it, with everything in it', kilobytes(page.bytes.page)) : []),
      ),
      buttons,
      make('p', { class: 'note' }, refusal ? `No page: ${refusal}` : howToMakeItSmaller),
      frame,
    );
    result.hidden = false;
  }
}

const howToMakeItSmaller =
  'Nothing was pruned or rounded here. compressOnce() does that with some hundred examples, the callbacks while you train.';
