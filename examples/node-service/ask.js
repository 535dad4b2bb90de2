/**
 * Asks the service of server.js with an image of a real seven: `npm run ask`, while
 * `npm start` runs.
 */
import { readFile } from 'node:fs/promises';

const { PORT = '3000' } = process.env;
try {
  const body = await readFile(new URL('seven.json', import.meta.url));
  const response = await fetch(`http://127.0.0.1:${PORT}/predict`, { method: 'POST', body });
  console.log(response.status, await response.json());
} catch (error) {
  console.error(`${error.cause?.message ?? error.message}: is the service running on port ${PORT}?`);
  process.exitCode = 1;
}
