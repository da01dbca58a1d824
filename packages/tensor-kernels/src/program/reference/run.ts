import type { Op } from '../ops';
import type { OpOf } from '../operands';
import { attention, storeRows } from './attention';
import { combineExperts, routeExperts, sumExpertSquares, sumSquares } from './experts';
import { expertMatmul, matmul } from './matmul';
import type { Run } from './memory';
import { rotate, rotateCells } from './rotate';
import { add, decodeRows, gate, rmsNorm, scaleRows, selectRows } from './rows';

type OpFunctions = { readonly [Name in Op['op']]: (op: OpOf<Name>, run: Run) => void };

const functions: OpFunctions = {
  decodeRows,
  rmsNorm,
  matmul,
  rotate,
  rotateCells,
  scaleRows,
  storeRows,
  attention,
  gate,
  add,
  selectRows,
  routeExperts,
  expertMatmul,
  combineExperts,
  sumSquares,
  sumExpertSquares,
};

/** Do one op, in plain scalar TypeScript with sums in double precision: what every device must come close to. */
export function runOp(op: Op, run: Run): void {
  (functions[op.op] as (op: Op, run: Run) => void)(op, run);
}
