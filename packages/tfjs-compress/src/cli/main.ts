#!/usr/bin/env node
import { makeProgram } from './program.js';

try {
  await makeProgram().parseAsync();
} catch (error) {
  console.error(`tfjs-compress: ${(error as Error).message}`);
  process.exitCode = 1;
}
