import * as tf from '@tensorflow/tfjs';
import { cachedBatches, Detector, drawDetections, hyperNet } from '@tfjs-compress/detection';
import { roiAlign, roiMaxPool } from '@tfjs-compress/detection/boxes';
import { fetchCoco, fetchCsv, fetchVoc, fetchYolo } from '@tfjs-compress/detection/data';
import '@tensorflow/tfjs-backend-webgpu';

const [width, height] = [48, 32];

/** An image with a bright square, as each kind of element that detect() takes. */
const kinds = {
  async tensor() {
    return tf.browser.fromPixels(await kinds.canvas());
  },
  async canvas() {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    const context = canvas.getContext('2d');
    context.fillStyle = '#303030';
    context.fillRect(0, 0, width, height);
    context.fillStyle = '#ffffff';
    context.fillRect(10, 8, 12, 12);
    return canvas;
  },
  async image() {
    const image = Object.assign(new Image(), { src: (await kinds.canvas()).toDataURL() });
    await image.decode();
    return image;
  },
  async video() {
    const canvas = await kinds.canvas();
    const video = Object.assign(document.createElement('video'), { muted: true, srcObject: canvas.captureStream(20) });
    // A stream shows nothing before its canvas is drawn on, and may miss the first time.
    const drawing = setInterval(() => canvas.getContext('2d').fillRect(10, 8, 12, 12), 20);
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(resolve));
    await video.play();
    await shown;
    clearInterval(drawing);
    Object.assign(video, { width, height });
    return video;
  },
  async bitmap() {
    return createImageBitmap(await kinds.canvas());
  },
  async blob() {
    const canvas = await kinds.canvas();
    return new Promise((resolve) => canvas.toBlob(resolve, 'image/png'));
  },
  async url() {
    return new URL(URL.createObjectURL(await kinds.blob()));
  },
  async address() {
    return URL.createObjectURL(await kinds.blob());
  },
  async frame() {
    return new VideoFrame(await kinds.canvas(), { timestamp: 0 });
  },
  async imageData() {
    return (await kinds.canvas()).getContext('2d').getImageData(0, 0, width, height);
  },
  /** An image that is laid out at another size. */
  async resized() {
    return Object.assign(await kinds.image(), { width: 20, height: 20 });
  },
};

/** On WebGPU what is read at once comes back as zeros. */
const reads = [];
const dataSync = tf.Tensor.prototype.dataSync;
tf.Tensor.prototype.dataSync = function () {
  const isThere = tf.getBackend() !== 'webgpu' || tf.backend().tensorMap.get(this.dataId)?.values;
  if (!isThere) reads.push(new Error().stack);
  return dataSync.call(this);
};
window.syncReads = reads;

/**
 * The image that a file is for detect() and for the readers, as its size and the corner
 * that is white.
 */
window.orientationOf = async (name) => {
  const set = await fetchVoc(`${location.origin}/voc`, { names: [name] });
  const { data, width, height } = await set.images[0].load();
  const channels = data.length / (width * height);
  const isWhite = (x, y) => data[channels * (y * width + x)] > 200;
  const corners = { 'left top': [2, 2], 'right top': [width - 3, 2], 'right bottom': [width - 3, height - 3] };
  corners['left bottom'] = [2, height - 3];
  const white = Object.keys(corners).filter((corner) => isWhite(...corners[corner]));
  return { width, height, white: white.join() };
};

/**
 * How far the pixels across a frame differ from a ground of one color, on a canvas of
 * each kind.
 */
window.contrast = (color) => {
  const canvases = [
    Object.assign(document.createElement('canvas'), { width: 60, height: 60 }),
    new OffscreenCanvas(60, 60),
  ];
  return canvases.map((canvas) => {
    const context = canvas.getContext('2d');
    context.fillStyle = color;
    context.fillRect(0, 0, 60, 60);
    const ground = context.getImageData(0, 0, 1, 1).data;
    drawDetections(canvas, [{ box: [20, 25, 50, 50], class: 'square', score: 0.5 }]);
    const { data } = context.getImageData(14, 40, 12, 1);
    const difference = (i) => Math.abs(data[4 * i] - ground[0]) + Math.abs(data[4 * i + 1] - ground[1]);
    const label = context.getImageData(20, 12, 30, 12).data;
    const inks = new Set();
    for (let i = 0; i < label.length; i += 4) inks.add(label[i + 1]);
    return { frame: Math.max(...Array.from({ length: 12 }, (_, i) => difference(i))), inks: inks.size };
  });
};

const conv = (name, inputShape) =>
  tf.layers.conv2d({ name, inputShape, filters: 4, kernelSize: 3, strides: 2, padding: 'same', activation: 'relu' });

const artifacts = {};
async function detector(variant) {
  if (!artifacts[variant]) {
    const made = hyperNet({
      variant,
      trunk: tf.sequential({ layers: [conv('c1', [null, null, 3]), conv('c2'), conv('c3')] }),
      levels: ['c1', 'c2', 'c3'],
      classes: ['square', 'bar'],
      shortSide: height,
      longSide: width,
      candidates: { stride: 8, scales: [10, 16], ratios: [0.5, 1] },
      roiSize: 3,
      channels: 4,
      proposalUnits: 8,
      detectionChannels: 4,
      detectionUnits: 8,
      dropout: 0,
      training: { windows: 16, scored: 32, proposals: 10, samples: 12 },
    });
    // The same every time: of random ones some have two boxes of nearly one score, whose
    // order a backend may change.
    made.model.weights.forEach((weight, i) => {
      if (weight.shape.length > 1) tf.tidy(() => weight.write(tf.randomNormal(weight.shape, 0, 0.2, 'float32', i + 1)));
    });
    await made.save(
      tf.io.withSaveHandler(async (saved) => {
        artifacts[variant] = saved;
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
      }),
    );
  }
  return Detector.load(tf.io.fromMemory(artifacts[variant]));
}

/**
 * What the same weights detect on a backend in an element of that kind, and how many
 * tensors that leaves.
 */
window.detect = async (backend, kind, variant) => {
  await tf.setBackend(backend);
  const loaded = await detector(variant);
  const image = await kinds[kind]();
  await loaded.detect(image);
  const before = tf.memory().numTensors;
  const found = await loaded.detect(image, { scoreThreshold: 0, maxDetections: 5 });
  const leaked = tf.memory().numTensors - before;
  const proposals = await loaded.propose(image, 5);
  loaded.dispose();
  return { backend: tf.getBackend(), found, proposals, leaked };
};

/** What a worker answers to an image of each kind. */
window.detectInWorker = async (backend, ofKinds) => {
  await detector('fast');
  const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  const waiting = new Map();
  worker.onmessage = ({ data }) => waiting.get(data.id)(data);
  worker.postMessage({ artifacts: artifacts.fast, backend });
  const options = { scoreThreshold: 0, maxDetections: 5 };
  const detect = async (id) => {
    const image = id === 'number' ? 3 : await kinds[id]();
    return new Promise((resolve) => {
      waiting.set(id, resolve);
      const isMoved = image instanceof ImageBitmap || image instanceof VideoFrame;
      worker.postMessage({ id, image, options }, isMoved ? [image] : []);
    });
  };
  const answers = await Promise.all(ofKinds.map(detect));
  worker.terminate();
  return answers;
};

/** Losses of a few epochs from the same weights on a VOC folder that is fetched. */
window.trainDetector = async (backend) => {
  await tf.setBackend(backend);
  const loaded = await detector('full');
  const set = await fetchVoc(`${location.origin}/voc`, { split: 'train', classes: ['bar', 'square'] });
  const batches = await cachedBatches(loaded, set);
  loaded.compile(tf.train.sgd(0.01), loaded.headModel);
  const { history } = await loaded.headModel.fitDataset(batches, { epochs: 3, verbose: 0 });
  return { backend: tf.getBackend(), classes: set.classes, loss: history.loss };
};

/**
 * The messages of what reads at once what WebGPU computed; 'none' for what needs no such
 * read.
 */
window.refusals = async () => {
  await tf.setBackend('webgpu');
  const { model } = await detector('full');
  const messageOf = (run) => {
    try {
      tf.tidy(run);
      return 'none';
    } catch (error) {
      return error.message;
    }
  };
  // By matMul: tfjs computes most other things of this size without WebGPU.
  const computed = (shape) => tf.reshape(tf.matMul(tf.ones([tf.util.sizeFromShape(shape), 1]), tf.ones([1, 1])), shape);
  const [map, boxes, classes, rows] = [
    [1, 4, 6, 4],
    [1, 2, 4],
    [1, 2],
    [1, 2, 5],
  ];
  const apply = (name, ...shapes) => messageOf(() => model.getLayer(name).apply(shapes.map(computed)));
  const options = { size: 2 };
  return {
    candidates: apply('sample_candidates', map, boxes, classes),
    proposals: apply('proposals', map, boxes, [2, 1], [2, 4]),
    samples: apply('sample_proposals', rows, boxes, classes),
    align: apply('detection_roi', map, boxes),
    alignWithoutGradient: apply('proposal_roi_scored', map, boxes),
    alignOfNumbers: messageOf(() => roiAlign(computed(map), tf.tensor3d([[[0, 0, 4, 4]]]), options)),
    maxPool: messageOf(() => roiMaxPool(computed(map), tf.tensor3d([[[0, 0, 4, 4]]]), options)),
    training: await window.trainDetector('webgpu').then(
      () => 'none',
      (error) => error.message,
    ),
  };
};

/**
 * What a COCO file and the images beside it hold: names, sizes, objects, and how many
 * values an image has for a pixel.
 */
window.readCoco = async (file) => {
  try {
    const set = await fetchCoco(`${location.origin}/coco/${file}`, `${location.origin}/voc/JPEGImages`);
    const images = [];
    for (const { load, ...rest } of set.images) {
      const { data, width, height } = await load();
      images.push({ ...rest, values: data.length / (width * height) });
    }
    return { classes: set.classes, images };
  } catch (error) {
    return { message: error.message };
  }
};

/** What YOLO's label files and a table hold, with the sizes of the images. */
window.readTexts = async () => {
  const at = `${location.origin}/yolo`;
  const yolo = await fetchYolo(at, { classes: ['bar', 'square'], names: ['a.jpg', 'b.jpg'] });
  const csv = await fetchCsv(`${at}/table.csv`, `${at}/images`);
  const shown = ({ images }) => images.map(({ load, ...rest }) => rest);
  return { yolo: shown(yolo), csv: shown(csv) };
};

/** The message of the error that reading a VOC folder ends with. */
window.failure = async (split) => {
  const set = await fetchVoc(`${location.origin}/voc`, { split }).catch((error) => error);
  if (set instanceof Error) return set.message;
  return set.images[0].load().then(
    () => 'none',
    (error) => error.message,
  );
};

// A browser that nobody drives from outside reports by itself.
if (location.hash === '#orientation') {
  const found = [];
  for (let i = 1; i <= 8; i++)
    found.push(await window.orientationOf(`turned${i}`).catch(({ message }) => ({ message })));
  await fetch('/result', { method: 'POST', body: JSON.stringify(found) });
}
