import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { floats, isPower, readPlain } from './files.mjs';

const cli = fileURLToPath(new URL('../../packages/tfjs-compress/dist/cli.js', import.meta.url));
const task = fileURLToPath(new URL('modelTask.mjs', import.meta.url));
const noNumber = /\bNaN\b|Infinity|undefined/;

/** All checks of one model: what was looked at, and what was wrong. */
export async function checkModel(model, { work, fit, bench }) {
  const start = Date.now();
  mkdirSync(work, { recursive: true });
  const checks = [];
  const check = async (what, body) => {
    try {
      await body();
      checks.push({ what });
    } catch (error) {
      checks.push({ what, problem: String(error.message).slice(0, 500) });
    }
  };
  const context = { ...model, work, fit, bench, check, sizes: {} };
  context.plain = readPlain(model.path);
  if (['MISSING', 'NOTMODEL', 'EMPTY'].includes(model.kind) || context.plain.missing) await refused(context);
  else await taken(context);
  const { name, kind, kernels, sizes, note } = context;
  return {
    name,
    kind,
    kernels,
    parameters: context.parameters,
    sizes,
    note,
    seconds: Math.round((Date.now() - start) / 1000),
    checks,
  };
}

/** What cannot be read: one line that names the file, and nothing is written. */
async function refused({ path, kind, work, check, plain }) {
  const commands = [
    ['summary', path],
    ['pack', path, join(work, 'out.tfz')],
    ['unpack', path, join(work, 'out')],
    ['prune', path, join(work, 'out.tfz'), '--sparsity', '.5'],
    ['quantize', path, join(work, 'out')],
    ['report', path, join(work, 'out.html')],
    ['repair', path, join(work, 'out')],
    ['bench', path],
  ];
  for (const command of commands) {
    await check(`${command[0]} refuses`, async () => {
      const { code, stdout, stderr } = await run([cli, ...command], work);
      expect(code === 1, `exit code 1, not ${code}`);
      expect(stdout === '', `nothing on stdout: ${stdout.slice(0, 100)}`);
      expect(/^tfjs-compress: .*\n$/.test(stderr), `one line: ${stderr}`);
      expect(stderr.includes(path), `the path in: ${stderr}`);
      if (plain.missing) expect(stderr.includes(plain.missing), `${plain.missing} in: ${stderr}`);
      if (kind === 'GRAPH') expect(stderr.includes('graph model'), `'graph model' in: ${stderr}`);
      expect(readdirSync(work).length === 0, `nothing written: ${readdirSync(work)}`);
    });
  }
}

async function taken(context) {
  const { path, kind, work, check, plain, sizes } = context;
  const at = (name) => join(work, name);
  let loaded;
  await check('tfjs', async () => {
    loaded = await runJson([task, 'describe', path], work);
    const loads = loaded.error === undefined;
    if (!context.isOpen) expect(loads === (kind !== 'NOLOAD'), `tfjs: ${loaded.error ?? 'loads it'}`);
  });
  const loads = loaded?.error === undefined;
  let kernelNames = new Set();

  await check('summary', async () => {
    const { stdout, stderr } = await ok([cli, 'summary', path, '--json'], work);
    const summary = JSON.parse(stdout);
    const weights = summary.layers.flatMap((layer) => layer.weights);
    kernelNames = new Set(weights.filter((weight) => weight.isCompressible).map((weight) => weight.name));
    context.kernels ??= loaded.kernels;
    context.parameters ??= summary.all.parameters;
    expect(
      summary.all.parameters === context.parameters,
      `${context.parameters} parameters, not ${summary.all.parameters}`,
    );
    if (kind !== 'GRAPH')
      expect(kernelNames.size === context.kernels, `${context.kernels} kernels, not ${kernelNames.size}`);
    if (kind !== 'GRAPH' && loads)
      expect(
        isDeepStrictEqual(
          weights.filter((each) => each.isCompressible).map((each) => each.path),
          loaded.paths,
        ),
        'the paths of the callbacks, in their order',
      );
    expect(!noNumber.test(stdout.replace(/"[^"]*"/g, '')), 'numbers only');
    const words =
      { EXTRA: String(plain.found.toLocaleString('en-US')), GRAPH: 'graph model' }[kind] ??
      (loads ? '' : 'multiply-adds are left out');
    expect(words === '' ? stderr === '' : stderr.includes(words), `'${words}' on stderr: ${stderr}`);
  });
  await check('summary --weights', async () => {
    for (const more of [[], ['--weights']]) {
      const { stdout } = await ok([cli, 'summary', path, ...more], work);
      expect(!noNumber.test(stdout), `numbers only: ${noNumber.exec(stdout)}`);
      expect(stdout.includes('in the file'), 'a table');
    }
  });
  await check('pack', async () => {
    const { stdout } = await ok([cli, 'pack', path, at('model.tfz'), '--verify'], work);
    expect(stdout.includes('the same bit for bit'), stdout);
    sizes.float32 = plain.wanted;
    sizes.packed = statSync(at('model.tfz')).size;
  });
  await check('unpack', async () => {
    await ok([cli, 'unpack', at('model.tfz'), at('again'), '--verify'], work);
    const again = readPlain(at('again'));
    expect(again.found === plain.wanted, `${plain.wanted} bytes of weights, not ${again.found}`);
    const [before, after] = [plain, again].map(({ weights }) =>
      weights.map(({ spec, bytes }) => [spec, bytes.toString('base64')]),
    );
    expect(isDeepStrictEqual(before.map(bare), after.map(bare)), 'the same weights');
    const { weightsManifest: _, ...rest } = plain.json;
    const { weightsManifest: __, ...restAgain } = again.json;
    expect(isDeepStrictEqual(rest, restAgain), 'the same description');
  });
  const graphWord = /no constant that a convolution or a matrix product takes/;
  await check('prune', async () => {
    const { code, stderr } = await run([cli, 'prune', path, at('pruned'), '--sparsity', '.5'], work);
    if (kind === 'GRAPH' && code === 1) return expect(graphWord.test(stderr), `a clear word: ${stderr}`);
    expect(code === 0, stderr);
    const changed = compare(plain, readPlain(at('pruned')), kernelNames);
    for (const { name, values } of changed) {
      const zeros = values.filter((value) => value === 0).length;
      expect(zeros >= Math.floor(0.5 * values.length), `half of ${name} zero, not ${zeros} of ${values.length}`);
    }
    const { userDefinedMetadata } = readPlain(at('pruned')).json;
    expect(userDefinedMetadata?.tfjsCompress?.pruned?.length === kernelNames.size, 'the mark in userDefinedMetadata');
    await ok([cli, 'pack', at('pruned'), at('pruned.tfz')], work);
    sizes.pruned = statSync(at('pruned.tfz')).size;
  });
  await check('quantize', async () => {
    const { code, stderr } = await run([cli, 'quantize', path, at('quantized.tfz'), '--bits', '5'], work);
    if (kind === 'GRAPH' && code === 1) return expect(graphWord.test(stderr), `a clear word: ${stderr}`);
    expect(code === 0, stderr);
    sizes.quantized = statSync(at('quantized.tfz')).size;
    await ok([cli, 'unpack', at('quantized.tfz'), at('quantized')], work);
    for (const { name, values } of compare(plain, readPlain(at('quantized')), kernelNames)) {
      expect(values.every(isPower), `powers of two in ${name}`);
      expect(new Set(values).size <= 17, `17 levels in ${name}`);
    }
  });
  await check('report', async () => {
    await ok([cli, 'report', path, at('report.html')], work);
    const html = readFileSync(at('report.html'), 'utf8');
    expect(!noNumber.test(html), `numbers only: ${noNumber.exec(html)}`);
    const svgs = readdirSync(work).filter((file) => /^report\..*\.svg$/.test(file));
    expect(svgs.length === 2 + 2 * kernelNames.size, `two figures and two for each kernel, not ${svgs.length}`);
  });
  if (loads) {
    await check('predictions', async () => {
      const { error, same } = await runJson([task, 'predict', path, at('again'), at('model.tfz')], work);
      expect(!error && same, error ?? 'equal predictions of the model, the one unpacked and the compressed file');
    });
  } else {
    await check('repair', async () => {
      const { code, stderr } = await run([cli, 'repair', path, at('repaired')], work);
      expect(!stderr.includes('    at '), stderr);
      if (code !== 0)
        return expect(/^tfjs-compress: .*cannot be repaired: .*\n$/.test(stderr), `a clear word: ${stderr}`);
      const { error } = await runJson([task, 'describe', at('repaired')], work);
      expect(!error, `tfjs loads it: ${error}`);
    });
    await check('bench', async () => {
      const { code, stdout, stderr } = await run([cli, 'bench', path, '--runs', '1'], work);
      // The runtime runs some of them; tfjs's reason stands under its row.
      const isRun = code === 0 && /^runtime .*\d/m.test(stdout) && /^cpu: \S/m.test(stdout + stderr);
      expect(isRun || (code === 1 && stderr.includes(path)), `the model and tfjs's reason: ${stdout}${stderr}`);
    });
  }
  if (loads && context.fit && kind !== 'GRAPH') {
    for (const callback of ['surgery', 'inq']) {
      await check(callback, async () => {
        const result = await runJson([task, callback, path], work);
        if (result.isStock) {
          context.note = `tfjs cannot train it: ${result.error}`;
          return;
        }
        expect(!result.error, result.error);
        expect(result.kernels === kernelNames.size, `${kernelNames.size} kernels, not ${result.kernels}`);
        expect(result.problem === undefined, result.problem);
      });
    }
  }
  if (loads && context.bench) {
    await check('bench', async () => {
      const { stdout } = await ok([cli, 'bench', path, '--runs', '1', '--json'], work);
      expect(
        JSON.parse(stdout).some(({ inferenceMs }) => inferenceMs > 0),
        stdout,
      );
    });
  }
}

/**
 * The kernels after a change; throws when anything else changed, too, or the kernels are
 * not those.
 */
function compare(before, after, kernels) {
  const changed = [];
  expect(before.weights.length === after.weights.length, 'as many weights');
  before.weights.forEach((weight, i) => {
    const { name } = weight.spec;
    expect(after.weights[i].spec.name === name, `${name} in its place`);
    if (kernels.has(name)) changed.push({ name, values: floats(after.weights[i]) });
    else expect(weight.bytes.equals(after.weights[i].bytes), `${name} unchanged`);
  });
  expect(changed.length === kernels.size, `${kernels.size} kernels`);
  expect(isDeepStrictEqual(before.json.modelTopology, after.json.modelTopology), 'the same topology');
  return changed;
}

function bare([{ byteLength: _, ...spec }, bytes]) {
  return [spec, bytes];
}

function expect(isRight, what) {
  if (!isRight) throw new Error(`expected ${what}`);
}

async function ok(args, cwd) {
  const result = await run(args, cwd);
  if (result.code !== 0) throw new Error(`ended with ${result.code}: ${result.stderr}`);
  return result;
}

async function runJson(args, cwd) {
  const { code, stdout, stderr } = await run(args, cwd);
  const last = stdout.trim().split('\n').at(-1);
  if (code !== 0 || !last?.startsWith('{')) throw new Error(`ended with ${code}: ${stderr.slice(-400)}`);
  return JSON.parse(last);
}

/** A Node process; ended after three minutes. */
function run(args, cwd) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, timeout: 180_000, stdio: ['ignore', 'pipe', 'pipe'] });
    const result = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        result[stream] += text;
      });
    }
    child.on('close', (code, signal) => resolve({ ...result, code: code ?? signal }));
  });
}
