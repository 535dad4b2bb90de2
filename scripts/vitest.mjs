import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { writeReport } from './reports.mjs';
import { root } from './setup.mjs';

/** Milliseconds after which a run is ended and counts as failed. */
const patience = 35 * 60_000;

/**
 * Runs vitest with `config` (a path in the repository), its output passed through.
 * Returns { passed, failed, failures }: a file that does not load, and an error outside
 * all tests, count as one failed test each; `failures` are lines that name what failed
 * and why.
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
  // Of whole runs only, for the site's table of platforms.
  if (!filters.length && existsSync(report)) {
    writeReport(`vitest-${config.replace(/\W+/g, '-')}.json`, readFileSync(report, 'utf8'));
  }
  rmSync(folder, { recursive: true });
  const fail = (why) => Object.assign(counts, { failed: 1, failures: [`✗ ${config}: ${why}`] });
  if (status !== 0 && counts.failed === 0) fail(`vitest ended with ${error?.message ?? status}, see its output`);
  if (counts.passed === 0 && counts.failed === 0 && !filters.length) fail('no test ran');
  return counts;
}

function readReport(file) {
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { passed: 0, failed: 1, failures: [`✗ vitest left no report: ${error.message}`] };
  }
  const failures = report.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    const path = relative(root, name);
    if (status === 'failed' && failed.length === 0) return [`✗ ${path}: ${firstLines(message)}`];
    return failed.map((test) => `✗ ${path} > ${test.fullName}: ${firstLines(test.failureMessages.join('\n'))}`);
  });
  return { passed: report.numPassedTests, failed: failures.length, failures };
}

function firstLines(text) {
  return text.split('\n').slice(0, 4).join('\n  ');
}

/**
 * Prints the lines that name what failed, then 'N passed, N failed' as the last line, and
 * sets the exit code.
 */
export function printTotal(results) {
  const sum = (key) => results.reduce((total, result) => total + result[key], 0);
  const failed = sum('failed');
  if (failed > 0) process.exitCode = 1;
  const failures = results.flatMap((result) => result.failures ?? []);
  console.log(`\n${[...failures, `${sum('passed')} passed, ${failed} failed`].join('\n')}`);
}
