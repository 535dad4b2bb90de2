import { copy, fill } from './copy';
import { denseProduct } from './denseProduct';
import { denseVector } from './denseVector';
import { binary, broadcast, lstm, scale, unary } from './elements';
import { anyNot, gather, matMul, select } from './matrices';
import { Op } from './ops';
import { normalize, reduce } from './reduce';
import { softmax } from './softmax';
import { sparseProduct } from './sparseProduct';
import { sparseVector } from './sparseVector';
import { window } from './window';

/**
 * Runs the program at an address: see ../src/program/Op.ts. 0, or 1 where a gather's
 * index was outside of its table.
 */
export function run(program: usize): i32 {
  return steps(program, <usize>-1, 0);
}

/**
 * The operations up to `end` or code 0, t the number of the round of the loop that they
 * are in.
 */
function steps(at: usize, end: usize, t: i32): i32 {
  while (at < end) {
    const code = load<i32>(at);
    if (code === 0) break;
    const p = at + 8;
    at = p + (load<usize>(at, 4) << 2);
    if (ALL && code === Op.loop) {
      const after = at + (load<usize>(p, 4) << 2);
      const count = load<i32>(p);
      for (let round = 0; round < count; round++) {
        const status = steps(at, after, round);
        if (status !== 0) return status;
      }
      at = after;
    } else if (step(code, p, t) !== 0) return 1;
  }
  return 0;
}

/** One operation, its parameters at p. */
function step(code: i32, p: usize, t: i32): i32 {
  switch (code) {
    case Op.copy:
      copy(p, t);
      break;
    case Op.sparseProduct:
      sparseProduct(p);
      break;
    case Op.denseProduct:
      denseProduct(p);
      break;
    case Op.sparseVector:
      sparseVector(p);
      break;
    case Op.denseVector:
      denseVector(p);
      break;
    case Op.unary:
      unary(p);
      break;
    case Op.softmax:
      softmax(p);
      break;
    default:
      // What build.mjs says: whether the module has all operations, or those alone that
      // dense layers need.
      return ALL ? more(code, p) : 0;
  }
  return 0;
}

/** An operation that chains of dense layers do not need: see src/dense. */
function more(code: i32, p: usize): i32 {
  switch (code) {
    case Op.fill:
      fill(p);
      break;
    case Op.binary:
      binary(p);
      break;
    case Op.broadcast:
      broadcast(p);
      break;
    case Op.scale:
      scale(p);
      break;
    case Op.window:
      window(p);
      break;
    case Op.normalize:
      normalize(p);
      break;
    case Op.reduce:
      reduce(p);
      break;
    case Op.gather:
      return gather(p);
    case Op.matMul:
      matMul(p);
      break;
    case Op.select:
      select(p);
      break;
    case Op.anyNot:
      anyNot(p);
      break;
    case Op.lstm:
      lstm(p);
      break;
  }
  return 0;
}
