/**
 * What people write in TypeScript, strictly: compiled as it is, as .mts and as .cts,
 * never run.
 */
import * as tf from '@tensorflow/tfjs';
import { compressed as decoded } from '@tfjs-compress/format/decode';
import {
  type CompressedSaveResult,
  compressed,
  compressible,
  type FitCallbacks,
  INQScheduler,
  maskedDense,
  pack,
  SurgeryCallback,
  strip,
  unpack,
} from 'tfjs-compress';
import { makeReport } from 'tfjs-compress/report';

export async function main(x: tf.Tensor, y: tf.Tensor, dataset: tf.data.Dataset<{ xs: tf.Tensor; ys: tf.Tensor }>) {
  const model: tf.Sequential = tf.sequential({ layers: [maskedDense({ units: 4, targetSparsity: 0.5 })] });

  // One callback of ours, alone, in an array, and beside others: parameters of plain
  // objects have their types.
  await model.fit(x, y, { callbacks: new INQScheduler({ steps: [0.5, 1] }) });
  await model.fit(x, y, {
    epochs: 3,
    callbacks: [new SurgeryCallback({ targetSparsity: 0.9 }), new INQScheduler({ steps: [1] })],
  });
  const plain = {
    callbacks: [
      new INQScheduler({ steps: [1] }),
      tf.callbacks.earlyStopping({ patience: 2 }),
      {
        onEpochEnd(epoch: number, logs?: tf.Logs) {
          console.log(epoch.toFixed(), logs?.loss.toFixed(3));
        },
      },
    ],
  };
  await model.fit(x, y, plain);
  const { history } = await model.fit(x, y, {
    callbacks: [
      new INQScheduler({ steps: [1] }),
      {
        async onEpochEnd(epoch, logs) {
          console.log(epoch.toFixed(), logs?.loss.toFixed(3));
        },
      },
    ],
  });
  console.log(history.loss.length);
  const callbacks: FitCallbacks = [
    new INQScheduler({ steps: [1] }),
    { onBatchEnd: (batch) => console.log(batch.toFixed()) },
  ];
  const layersModel: tf.LayersModel = compressible(strip(model));
  await layersModel.fit(x, y, { callbacks });
  await layersModel.fitDataset(dataset, {
    epochs: 2,
    callbacks: [new SurgeryCallback({ rate: 1 }), { onEpochEnd: (epoch) => console.log(epoch.toFixed()) }],
  });

  // What was valid stays so.
  await model.fit(x, y);
  await model.fit(x, y, { callbacks: [tf.callbacks.earlyStopping()] });
  await model.fit(x, y, { callbacks: { onTrainEnd: (logs) => console.log(logs?.loss) } });
  const saved: tf.io.SaveResult = await model.save('file://model');
  console.log(saved.modelArtifactsInfo.dateSaved.getTime());

  // The small file.
  const { sizeBytes } = await model.save(compressed('file://small.tfz', { quantize: { float16: 'dense*' } }));
  const result: CompressedSaveResult = await layersModel.save(compressed('indexeddb://small'), {
    includeOptimizer: true,
  });
  console.log(sizeBytes.toFixed(), result.sizeBytes - sizeBytes);
  const bytes = pack(unpack(pack({ weightSpecs: [], weightData: new ArrayBuffer(0) })));
  const file = new Blob([bytes], { type: 'application/octet-stream' });
  const loaded = await tf.loadLayersModel(decoded(file));
  await fetch('/models', { method: 'PUT', body: bytes });
  const { html, figures } = await makeReport(loaded, { title: 'Small', history: [{ loss: [1, 0.5] }] });
  console.log(html.length, figures[0].svg);
}

/** Mistakes are found. */
export async function mistakes(model: tf.LayersModel, x: tf.Tensor) {
  // @ts-expect-error an option that there is not
  new INQScheduler({ stepz: [1] });
  // @ts-expect-error not a number
  new SurgeryCallback({ targetSparsity: '0.9' });
  // @ts-expect-error not a callback
  await model.fit(x, x, { callbacks: [new INQScheduler({ steps: [1] }), 'plain'] });
  // @ts-expect-error what tfjs's own handlers return has no size
  (await model.save('file://model')).sizeBytes;
  // @ts-expect-error the decoder alone saves nothing
  await model.save(decoded('model.tfz')).sizeBytes;
}
