/**
 * `npm run check`: what a consumer's tools would find wrong with the public packages as
 * they would be published. publint and are-the-types-wrong on each tarball, our own .d.ts
 * without skipLibCheck (which tfjs's own need), and the metadata. Build first.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import ts from 'typescript';
import { metadataMessages } from './packageMetadata.mjs';
import { packPublicPackages, publicPackages } from './packages.mjs';
import { root } from './setup.mjs';

async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-check-'));
  try {
    const tarballs = packPublicPackages(folder);
    let wrong = 0;
    for (const each of publicPackages()) {
      const tarball = readFileSync(tarballs[each.name]);
      const messages = [
        ...(await publintMessages(each, tarball)),
        ...(await typeResolution(tarball)),
        ...ownTypes(each),
        ...metadata(each, tarball),
      ];
      console.log(messages.length ? `✗ ${each.name}\n  ${messages.join('\n  ')}` : `✓ ${each.name}`);
      wrong += messages.length;
    }
    if (wrong) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function publintMessages({ manifest }, tarball) {
  const pack = { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.byteLength) };
  const { messages } = await publint({ pack, strict: true });
  return messages
    .filter((message) => !isSourceCondition(message) && !isBrowserField(message))
    .map((each) => `publint: ${formatMessage(each, manifest)}`);
}

/**
 * The condition that tests in this repository set; its files are not published, and no
 * consumer sets it.
 */
function isSourceCondition({ path }) {
  return path.includes('tfjs-compress-source');
}

/** What leaves a file out of bundles for browsers: Parcel reads this field alone. */
function isBrowserField({ code }) {
  return code === 'USE_EXPORTS_OR_IMPORTS_BROWSER';
}

async function typeResolution(tarball) {
  const { problems = [{ kind: 'NoTypes' }] } = await checkPackage(createPackageFromTarballData(tarball));
  return problems.map(({ kind, ...details }) => `are-the-types-wrong: ${kind} ${JSON.stringify(details)}`);
}

function metadata(each, tarball) {
  const packed = createPackageFromTarballData(tarball);
  const folder = `/node_modules/${each.name}/`;
  const read = (path) => (packed.fileExists(folder + path) ? packed.readFile(folder + path) : undefined);
  const paths = packed.listFiles(folder).map((path) => path.slice(folder.length));
  return metadataMessages(each, read, paths).map((message) => `metadata: ${message}`);
}

/** Errors inside the package's own declaration files, for import and for require. */
function ownTypes({ folder }) {
  const dist = join(folder, 'dist');
  const files = readdirSync(dist, { recursive: true }).filter((file) => /\.d\.c?ts$/.test(file));
  const program = ts.createProgram(
    files.map((file) => join(dist, file)),
    {
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      target: ts.ScriptTarget.ES2022,
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
      types: [],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    },
  );
  const own = program.getSourceFiles().filter(({ fileName }) => !relative(dist, fileName).startsWith('..'));
  return own
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ file, start, messageText }) => {
      const { line } = file.getLineAndCharacterOfPosition(start);
      return `${relative(root, file.fileName)}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
}

await main();
