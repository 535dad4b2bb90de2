import { unpack } from 'tfjs-compress';
import { kilobytes } from '../format.js';
import { byId } from '../parts.js';
import type { Runner } from '../run/Runner.js';
import { save } from '../save.js';

/** The file of the run, and a page that runs it. */
export function downloads(runner: Runner): void {
  const [file, page] = ['download-file', 'download-page'].map((id) => byId(id) as HTMLButtonElement);
  const note = byId('download-note');
  runner.listen((view) => {
    file.disabled = page.disabled = !view.file?.length;
  });
  file.addEventListener('click', () => {
    save(runner.view.file! as BlobPart, 'digits.tfz', 'application/octet-stream');
  });
  page.addEventListener('click', async () => {
    const bytes = runner.view.file!;
    note.textContent = 'Making the page …';
    try {
      const { pageOf } = await import('../own/pageOf.js');
      const made = await pageOf('Digits', bytes, unpack(bytes).modelTopology);
      save(made.html, 'digits.html', 'text/html');
      note.textContent = `digits.html: ${kilobytes(made.bytes.page)}, with the model and the runtime in it.`;
    } catch (error) {
      note.textContent = `The page could not be made: ${(error as Error).message}`;
    }
  });
}
