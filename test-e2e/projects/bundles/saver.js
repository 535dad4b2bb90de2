/** Nothing that has to do with layers is named. */
import { compressed } from 'tfjs-compress';
import { load } from './load.js';

window.result = load(compressed('models/model.tfz'));
