import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import type { SerializedError } from 'vitest';
import type { Reporter, TestModule } from 'vitest/node';

const root = join(import.meta.dirname, '..');

/**
 * Ends a run with a line for each failure and 'N passed, N failed', which .ci/run adds
 * up. A file that does not load and an error outside of all tests count as one failed
 * test each. Where TFJS_COMPRESS_REPORTS names a folder, the results of each project go
 * there, for the site's table of platforms.
 */
export class TotalReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    let passed = 0;
    const failures = errors.map(({ message }) => line('vitest', message));
    for (const module of modules) {
      const path = relative(root, module.moduleId);
      const before = failures.length;
      for (const test of module.children.allTests()) {
        const { state, errors } = test.result();
        if (state === 'passed') passed++;
        if (state === 'failed') failures.push(line(`${path} > ${test.fullName}`, messages(errors)));
      }
      const around = errorsAround(module);
      const isUncounted = around.length > 0 || (module.state() === 'failed' && failures.length === before);
      if (isUncounted) failures.push(line(path, messages(around)));
    }
    if (process.env.TFJS_COMPRESS_REPORTS) writeReports(process.env.TFJS_COMPRESS_REPORTS, modules);
    console.log(`\n${[...failures, `${passed} passed, ${failures.length} failed`].join('\n')}`);
  }
}

/** Of the file, and of hooks around its tests. */
const errorsAround = (module: TestModule) => [
  ...module.errors(),
  ...[...module.children.allSuites()].flatMap((suite) => suite.errors()),
];

const messages = (errors: readonly SerializedError[]) => errors.map(({ message }) => message).join('\n');

const line = (what: string, why: string) => `✗ ${what}: ${why.split('\n').slice(0, 4).join('\n  ')}`;

/** [{ file, name, state }] for each project. */
function writeReports(folder: string, modules: readonly TestModule[]): void {
  mkdirSync(folder, { recursive: true });
  for (const project of new Set(modules.map((module) => module.project.name))) {
    const results = modules
      .filter((module) => module.project.name === project)
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => ({ file: basename(test.module.moduleId), name: test.fullName, state: test.result().state }));
    writeFileSync(join(folder, `${project}.json`), JSON.stringify(results));
  }
}
