import type { Lowerings } from '../program/Builder.js';
import { dot } from './dot.js';
import { embedding } from './embedding.js';
import { masking } from './masking.js';
import { recurrent } from './recurrent.js';
import { bidirectional, timeDistributed } from './wrappers.js';

/** Layers over steps, and those that go with them. */
export const sequences: Lowerings = {
  Embedding: embedding,
  Masking: masking,
  SimpleRNN: recurrent,
  GRU: recurrent,
  LSTM: recurrent,
  ConvLSTM2D: recurrent,
  RNN: recurrent,
  Bidirectional: bidirectional,
  TimeDistributed: timeDistributed,
  Dot: dot,
};
