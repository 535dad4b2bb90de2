export { ArgumentError, check, checkInteger, checkKnownOptions } from './checks.js';
