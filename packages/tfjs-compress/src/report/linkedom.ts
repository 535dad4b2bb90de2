/**
 * A document without a browser: a file of its own, which bundlers for browsers leave out
 * (`browser` in package.json).
 */
export { parseHTML } from 'linkedom';
