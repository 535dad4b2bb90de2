import * as tfl from '@tensorflow/tfjs-layers';
import { inputsFor, outputsOf, saved } from '@tfjs-compress/testing';
import { expect, it } from 'vitest';
import { randomize, topologies } from '../testing/models.js';
import { toModel } from '../testing/toModel.js';
import { readGraph } from './readGraph.js';

for (const [name, make] of Object.entries(topologies))
  it(`reads ${name}: the graph computes what tfjs does with the file`, async () => {
    const artifacts = await saved(randomize(make()));
    const graph = readGraph(artifacts);
    // tfjs itself gives shared layers that read each other other inputs when it loads the
    // file.
    const loaded = await tfl.loadLayersModel({ load: async () => artifacts });
    const inputs = inputsFor(loaded);
    const copy = toModel(graph);
    expect(copy.outputs.map(({ shape }) => shape)).toEqual(loaded.outputs.map(({ shape }) => shape));
    expect(outputsOf(copy, inputs)).toEqual(outputsOf(loaded, inputs));
  });
