/** A server on this machine for the pages: the bundles, what they load, and the nets. */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { basename, extname, join } from 'node:path';

const types = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/**
 * Serves `folders` by the first part of the path, and `pages` (HTML by path). Not
 * isolated across origins, so without threads.
 */
export async function serve(folders, pages) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const [, folder, name = ''] = pathname.split('/');
    if (pathname in pages) {
      response.writeHead(200, { 'content-type': types['.html'] }).end(pages[pathname]);
      return;
    }
    const file = folders[folder] && join(folders[folder], basename(name));
    if (!file || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}
