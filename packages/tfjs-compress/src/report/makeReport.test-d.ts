import type { io } from '@tensorflow/tfjs-core';
import type { History, LayersModel } from '@tensorflow/tfjs-layers';
import { expectTypeOf } from 'vitest';
import { type Figure, makeReport, type Report, showReport, type Visor } from './index.js';

declare const model: LayersModel;
declare const artifacts: io.ModelArtifacts;
declare const history: History;
declare const visor: Visor;

expectTypeOf(makeReport(model)).resolves.toEqualTypeOf<Report>();
expectTypeOf<Report>().toEqualTypeOf<{ html: string; figures: Figure[] }>();
expectTypeOf<Figure>().toExtend<{ name: string; title: string; svg: string }>();
makeReport(artifacts, { title: 'Small', history: [history, history.history], onProgress: (done) => done.toFixed() });
// @ts-expect-error an option that there is not
makeReport(model, { tab: 'Compression' });

expectTypeOf(showReport(model, visor, { history, tab: 'Compression' })).resolves.toEqualTypeOf<void>();
// @ts-expect-error no visor
showReport(model, { surfaces: [] });
