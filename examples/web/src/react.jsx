/**
 * A .tfz file in React: useModel() loads it once, and frees it when the component goes.
 */
import { loadModel } from '@tfjs-compress/runtime';
import { StrictMode, useEffect, useRef, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { drawOn } from './drawing.js';
import modelUrl from './model.tfz?url';

/**
 * { model } once it is loaded, { error } where it cannot be. StrictMode runs effects
 * twice: the first load is aborted.
 */
function useModel(url) {
  const [state, setState] = useState({});
  useEffect(() => {
    const stop = new AbortController();
    let model;
    loadModel(url, { signal: stop.signal }).then(
      (loaded) => {
        model = loaded;
        if (stop.signal.aborted) model.dispose();
        else setState({ model });
      },
      (error) => stop.signal.aborted || setState({ error }),
    );
    return () => {
      stop.abort();
      model?.dispose();
      setState({});
    };
  }, [url]);
  return state;
}

function Digits() {
  const { model, error } = useModel(modelUrl);
  const [probabilities, setProbabilities] = useState();
  const canvas = useRef();
  const clear = useRef();
  useEffect(() => {
    if (!model) return;
    // The result belongs to the model, which writes the next one into it: React gets a
    // copy.
    clear.current = drawOn(canvas.current, (pixels) => setProbabilities(model.predict(pixels).slice()));
  }, [model]);
  return (
    <>
      <h1>In React</h1>
      <p id="status" role="status">
        {error
          ? `The model cannot be loaded: ${error.message}`
          : model
            ? 'The model runs in React.'
            : 'Loading the model …'}
      </p>
      <canvas ref={canvas} width="280" height="280" role="img" aria-label="Draw a digit here" />
      <p>
        <output id="answer">{probabilities ? <Answer probabilities={probabilities} /> : 'Draw a digit.'}</output>
      </p>
      <button
        type="button"
        onClick={() => {
          clear.current?.();
          setProbabilities(undefined);
        }}
      >
        Clear
      </button>
    </>
  );
}

function Answer({ probabilities }) {
  const digit = probabilities.indexOf(Math.max(...probabilities));
  return (
    <>
      <strong>{digit}</strong> {Math.round(100 * probabilities[digit])}% sure
    </>
  );
}

createRoot(document.querySelector('#root')).render(
  <StrictMode>
    <Digits />
  </StrictMode>,
);
