/**
 * Both ways to use tfjs, on one copy of it: two copies in one program disturb each other.
 */
export { open as openFused } from './tfjsFused.mjs';
export { open as openLayers } from './tfjsLayers.mjs';
