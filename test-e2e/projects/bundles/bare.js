/** Nothing is named: the import is there for what it registers. */
import 'tfjs-compress';
import { load, plain } from './load.js';

window.result = plain().then(load);
