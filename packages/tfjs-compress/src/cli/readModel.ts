import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, sep } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { unpack } from '@tfjs-compress/format';
import { storedBytes } from '@tfjs-compress/format/internal';
import { isGraphModel } from '../model/graphKernels.js';
import { nonModel } from './fileKinds.js';

/** A model as read from files, and what a user has to be told about them. */
export interface ReadModel {
  artifacts: io.ModelArtifacts;
  warnings: string[];
}

/**
 * Reads a model: a .tfz file, a folder with model.json, or a model.json. Throws an Error
 * that names the path.
 */
export function readModel(path: string): ReadModel {
  if (!existsSync(path)) throw new Error(`${path}: there is no such file or folder.`);
  if (!statSync(path).isDirectory() && !path.endsWith('.json')) {
    const bytes = readFileSync(path);
    const kind = nonModel(bytes);
    if (kind) throw new Error(`${path}: this is ${kind}, not a compressed model.`);
    return { artifacts: notEmpty(path, unpack(bytes, { name: path, maxBytes: 2 ** 33 })), warnings: [] };
  }
  const file = path.endsWith('.json') ? path : join(path, 'model.json');
  if (!existsSync(file)) throw new Error(`${path}: there is no model.json in this folder${othersIn(path)}.`);
  return readPlain(file, modelJson(file));
}

/** Models are published under other names, too. */
function othersIn(folder: string): string {
  const others = readdirSync(folder).filter((name) => /\.(json|tfz)$/.test(name));
  return others.length > 0 ? `, but ${others.slice(0, 3).join(', ')}: give the file itself` : '';
}

type Group = io.WeightsManifestConfig[number];

/** The parts of a model.json, checked as far as they are read here. */
function modelJson(file: string): io.ModelJSON {
  const bytes = readFileSync(file);
  const kind = nonModel(bytes);
  if (kind) throw new Error(`${file}: this is ${kind}, not a model.`);
  let json: io.ModelJSON;
  try {
    json = JSON.parse(bytes.toString('utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new Error(`${file}: this is not JSON: ${(error as Error).message}`);
  }
  const refuse = (what: string): never => {
    throw new Error(`${file}: this is not a tfjs model, ${what}.`);
  };
  if (Array.isArray(json))
    refuse('the JSON is a list (a weights manifest alone, as of face-api.js, has no model in it)');
  if (json === null || typeof json !== 'object') refuse(`the JSON is ${JSON.stringify(json)}`);
  if (!Array.isArray(json.weightsManifest)) refuse('it has no weightsManifest');
  json.weightsManifest.forEach((group: Group, i) => {
    const isWeight = ({ name, shape, dtype }: io.WeightsManifestEntry) =>
      typeof name === 'string' && Array.isArray(shape) && typeof dtype === 'string';
    if (!Array.isArray(group?.paths) || !group.paths.every((each) => typeof each === 'string'))
      refuse(`weightsManifest[${i}] has no list of paths`);
    if (!Array.isArray(group.weights) || !group.weights.every((each) => each && isWeight(each)))
      refuse(`weightsManifest[${i}] has no list of weights with name, shape and dtype`);
  });
  return json;
}

/**
 * As tfjs does: all files one after the other, in the manifest's order; bytes behind the
 * last weight are left out.
 */
function readPlain(file: string, { weightsManifest, ...rest }: io.ModelJSON): ReadModel {
  const what = isGraphModel(rest) ? 'this graph model' : 'the model';
  const groups = weightsManifest.map((group) => ({
    weights: group.weights,
    files: group.paths.map((path) => inFolder(file, path)),
  }));
  const missing = groups.flatMap(({ files }) => files).find((each) => !existsSync(each) || !statSync(each).isFile());
  if (missing) throw new Error(`${file}: the weights of ${what} are missing: there is no file ${missing}.`);
  const read = groups.map(({ weights, files }) => ({ weights, files, parts: files.map((each) => weightFile(each)) }));
  const data = new Uint8Array(Buffer.concat(read.flatMap(({ parts }) => parts)));
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  const warnings: string[] = [];
  const sizes = sizesOf(file, weightSpecs, data);
  const wanted = sizes.reduce((a, b) => a + b, 0);
  let at = 0;
  const differing = read.flatMap(({ weights, files, parts }, i) => {
    const needed = sizes.slice(at, at + weights.length).reduce((a, b) => a + b, 0);
    at += weights.length;
    const found = parts.reduce((sum, { length }) => sum + length, 0);
    return needed === found
      ? []
      : [{ name: suspect(files, parts), needed, found, count: files.length, isLast: i === read.length - 1 }];
  });
  for (const { name, needed, found, count, isLast } of differing) {
    const where = count > 1 ? `${name} and the ${count - 1} other files of its group hold` : `${name} holds`;
    const sizesText = `${bytes(found)} of weights, ${file} needs ${bytes(needed)} there`;
    if (data.length < wanted && found < needed) throw new Error(`${where} ${sizesText}: the file is cut off.`);
    const end = isLast ? 'what is behind them is left out, as tfjs does' : 'the next weights begin there, as in tfjs';
    warnings.push(`${where} ${sizesText}: ${found > needed ? end : 'the next file goes on with them, as in tfjs'}.`);
  }
  const artifacts = { ...rest, weightSpecs, weightData: data.slice(0, wanted).buffer };
  return { artifacts: notEmpty(file, artifacts), warnings };
}

/**
 * The file in the model's folder that a path of the manifest means; one that leads out of
 * the folder is refused, not read.
 */
function inFolder(file: string, path: string): string {
  const folder = dirname(file);
  const found = join(folder, path);
  const inside = relative(folder, found);
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new Error(`${file}: the weights' path '${path}' leads out of the model's folder; such files are not read.`);
  return found;
}

function weightFile(file: string): Buffer {
  const content = readFileSync(file);
  const kind = nonModel(content);
  if (kind) throw new Error(`${file}: this is ${kind} of ${bytes(content.length)}, not weights.`);
  return content;
}

function sizesOf(file: string, specs: io.WeightsManifestEntry[], data: Uint8Array): number[] {
  try {
    return storedBytes(specs, data);
  } catch {
    const known = ['float32', 'int32', 'bool', 'complex64', 'string', 'uint8', 'uint16', 'float16'];
    const odd = specs.find(({ dtype, quantization }) => !known.includes(quantization?.dtype ?? dtype));
    throw new Error(
      `${file}: weight '${odd?.name}' is stored as ${odd?.quantization?.dtype ?? odd?.dtype}, which tfjs does not know.`,
    );
  }
}

/**
 * Of the files of a group the one to look at first: the first that is shorter than the
 * one before it, else the last.
 */
function suspect(files: string[], parts: Buffer[]): string {
  const short = parts.findIndex(({ length }, i) => i > 0 && i < parts.length - 1 && length < parts[0].length);
  return files[short < 0 ? files.length - 1 : short] ?? 'no file';
}

/**
 * Somebody published a model with nothing in it; what would be written would be one more.
 */
function notEmpty(path: string, artifacts: io.ModelArtifacts): io.ModelArtifacts {
  const { modelTopology, weightSpecs = [] } = artifacts;
  const isEmpty = !modelTopology || Object.keys(modelTopology).length === 0;
  if (isEmpty && weightSpecs.length === 0)
    throw new Error(`${path}: there is nothing in this model: ${basename(path)} has no layers and no weights.`);
  return artifacts;
}

function bytes(count: number): string {
  return `${count.toLocaleString('en-US')} bytes`;
}
