/**
 * The four files of MNIST as they were first published, by part: the name, the shape that
 * the file's own header states, and the MD5 of the unzipped file.
 */
export const fullSet = {
  train: {
    images: { name: 'train-images-idx3-ubyte', shape: [60000, 28, 28], md5: '6bbc9ace898e44ae57da46a324031adb' },
    labels: { name: 'train-labels-idx1-ubyte', shape: [60000], md5: 'a25bea736e30d166cdddb491f175f624' },
  },
  test: {
    images: { name: 't10k-images-idx3-ubyte', shape: [10000, 28, 28], md5: '2646ac647ad5339dbf082846283269ea' },
    labels: { name: 't10k-labels-idx1-ubyte', shape: [10000], md5: '27ae3e4e09519cfbb04c329615203637' },
  },
};

/**
 * The embedded sample, in the same form; made by makeSample.mjs, which prints these
 * checksums.
 */
export const sample = {
  train: {
    images: { name: 'train-images-idx3-ubyte', shape: [5000, 28, 28], md5: 'e07065aa00c34f3e5d6b97dc6b181484' },
    labels: { name: 'train-labels-idx1-ubyte', shape: [5000], md5: '65ab26c10126989f05a16553360cec81' },
  },
  test: {
    images: { name: 't10k-images-idx3-ubyte', shape: [1000, 28, 28], md5: '378ada602e4488f4f63399815d1dd82d' },
    labels: { name: 't10k-labels-idx1-ubyte', shape: [1000], md5: 'ea74d8849001d1f3513149e2e7af1246' },
  },
};
