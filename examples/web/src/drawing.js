/**
 * Lets a finger, a pen or a mouse draw on a canvas, white on black.
 *
 * onDraw gets the drawing as the model was trained on digits: 28 × 28 values from 0 to 1,
 * the digit 20 pixels large and its center of mass in the middle. Returns a function that
 * empties the canvas.
 */
export function drawOn(canvas, onDraw) {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  Object.assign(context, { lineWidth: canvas.width / 13, lineCap: 'round', lineJoin: 'round', strokeStyle: 'white' });
  const lineTo = ({ clientX, clientY }) => {
    const { left, top, width } = canvas.getBoundingClientRect();
    const scale = canvas.width / width;
    context.lineTo((clientX - left) * scale, (clientY - top) * scale);
    context.stroke();
    onDraw(pixelsOf(canvas));
  };
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId);
    context.beginPath();
    lineTo(event);
  };
  canvas.onpointermove = (event) => event.buttons && lineTo(event);
  return () => context.clearRect(0, 0, canvas.width, canvas.height);
}

function pixelsOf(canvas) {
  const { left, top, width, height } = boxOf(alphaOf(canvas), canvas.width);
  const scale = 20 / Math.max(width, height);
  const small = new OffscreenCanvas(28, 28);
  const context = small.getContext('2d', { willReadFrequently: true });
  context.imageSmoothingQuality = 'high';
  const place = (x, y) => {
    context.clearRect(0, 0, 28, 28);
    context.drawImage(canvas, left, top, width, height, x, y, width * scale, height * scale);
    return alphaOf(small);
  };
  const [x, y] = [14 - (width * scale) / 2, 14 - (height * scale) / 2];
  const [massX, massY] = centerOf(place(x, y));
  return place(x + 14 - massX, y + 14 - massY);
}

/** How much of each pixel is drawn, 0 to 1. */
function alphaOf(canvas) {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return Float32Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3] / 255);
}

function boxOf(alpha, size) {
  let [left, top, right, bottom] = [size, size, 0, 0];
  for (const [i, value] of alpha.entries()) {
    if (value === 0) continue;
    const [x, y] = [i % size, Math.floor(i / size)];
    [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
  }
  return { left, top, width: right - left, height: bottom - top };
}

function centerOf(alpha) {
  let [sum, x, y] = [0, 0, 0];
  for (const [i, value] of alpha.entries()) {
    sum += value;
    x += value * ((i % 28) + 0.5);
    y += value * (Math.floor(i / 28) + 0.5);
  }
  return [x / sum, y / sum];
}
