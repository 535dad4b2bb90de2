import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './setup.mjs';

/** Milliseconds after which a run is ended and counts as failed. */
const patience = 10 * 60_000;

/**
 * Runs vitest with `config` (a path in the repository), its output passed through.
 * Returns { passed, failed }: a file that does not load, and an error outside all tests, count as one failed test each.
 */
export function runVitest(config, filters = []) {
  const folder = mkdtempSync(join(tmpdir(), 'tfjs-compress-tests-'));
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [
    vitest,
    'run',
    '--config',
    config,
    ...reporters,
    ...filters,
    ...(filters.length ? ['--passWithNoTests'] : []),
  ];
  const options = {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: patience,
  };
  const { status, error } = spawnSync(process.execPath, args, options);
  if (error) console.error(`vitest was ended: ${error.message}`);
  const counts = readReport(report);
  rmSync(folder, { recursive: true });
  if (status !== 0 && counts.failed === 0) counts.failed = 1;
  if (counts.passed === 0 && counts.failed === 0 && !filters.length) counts.failed = 1;
  return counts;
}

function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`vitest left no report: ${error.message}`);
    return { passed: 0, failed: 1 };
  }
  const notLoaded = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && !assertionResults.some((test) => test.status === 'failed'),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + notLoaded.length };
}

/** Prints 'N passed, N failed' as the last line and sets the exit code. */
export function printTotal(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const failed = sum('failed');
  if (failed > 0) process.exitCode = 1;
  console.log(`\n${sum('passed')} passed, ${failed} failed`);
}
