/**
 * A web service that answers with a .tfz file: `npm start`, then `npm run ask`. PORT and
 * HOST are environment variables.
 */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { loadModel } from '@tfjs-compress/runtime';

const { PORT = '3000', HOST = '127.0.0.1' } = process.env;
const maxBytes = 64 * 1024;
if (!(Number(PORT) >= 0 && Number(PORT) < 65536)) {
  console.error(`PORT: expected 0 to 65535, received '${PORT}'.`);
  process.exit(1);
}

/**
 * An error whose message the client may read; all others are answered with 500 and are
 * written to stderr.
 */
class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const model = await loadModel(await readFile(new URL('model.tfz', import.meta.url)));
let isStopping = false;

const routes = {
  '/healthz': { GET: () => ({ ok: !isStopping }) },
  '/predict': {
    async POST(request) {
      const pixels = checked(await jsonOf(request));
      const probabilities = Array.from(model.predict(pixels)); // a copy: the next prediction writes into the result
      return { digit: probabilities.indexOf(Math.max(...probabilities)), probabilities };
    },
  },
};

function checked(body) {
  const pixels = body?.pixels;
  if (!Array.isArray(pixels) || pixels.length !== 784)
    throw new Refused(400, `pixels: expected a list of 784 numbers, received ${pixels?.length ?? typeof pixels}.`);
  const wrong = pixels.findIndex((value) => typeof value !== 'number' || !(value >= 0 && value <= 1));
  if (wrong >= 0)
    throw new Refused(400, `pixels[${wrong}]: expected 0 to 1, received ${JSON.stringify(pixels[wrong])}.`);
  return pixels;
}

async function jsonOf(request) {
  const chunks = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Refused(413, `body: expected at most ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    throw new Refused(400, 'body: expected JSON, such as {"pixels": [0, 0.5, …]}.');
  }
}

async function answer(request) {
  const route = routes[new URL(request.url, 'http://localhost').pathname];
  if (!route) throw new Refused(404, 'expected GET /healthz or POST /predict.');
  const handler = route[request.method];
  if (!handler) throw new Refused(405, `expected ${Object.keys(route).join(' or ')}.`);
  return handler(request);
}

const server = createServer({ requestTimeout: 10_000 }, async (request, response) => {
  let [status, body] = [200, undefined];
  try {
    body = await answer(request);
  } catch (error) {
    status = error.status ?? 500;
    body = { error: error.status ? error.message : 'internal error' };
    if (!error.status) console.error(error);
  }
  // What is left of a refused body is not read.
  const close = isStopping || status === 413;
  response.writeHead(status, { 'content-type': 'application/json', ...(close && { connection: 'close' }) });
  response.end(JSON.stringify(body));
});

server.on('error', ({ message }) => {
  console.error(message);
  process.exit(1);
});
server.listen(Number(PORT), HOST, () => console.log(`http://${HOST}:${server.address().port}`));

// Requests that have begun are answered, then the process ends by itself.
for (const signal of ['SIGTERM', 'SIGINT'])
  process.once(signal, () => {
    isStopping = true;
    server.close();
    server.closeIdleConnections();
  });
