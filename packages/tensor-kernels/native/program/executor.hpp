// Runs the ops of a program, one after another.
#pragma once

#include "attention.hpp"
#include "experts.hpp"
#include "rotate.hpp"
#include "statistics.hpp"

namespace halftone {
namespace {

/** Bind the next op, whose opcode is `opcode`, and hand it to `visit`, unless something is wrong with it. */
template <class Lanes, class Visit>
void visitOp(Binder& binder, uint32_t opcode, const MatmulKernels& matmul, Visit visit) {
  const auto bound = [&](auto op) {
    if (!binder.failed()) visit(op);
  };
  switch ((Opcode)opcode) {
    case Opcode::decodeRows:
      return bound(DecodeRowsOp(binder));
    case Opcode::rmsNorm:
      return bound(RmsNormOp<Lanes>(binder));
    case Opcode::matmul:
      return bound(MatmulOp(binder, matmul));
    case Opcode::rotate:
      return bound(RotateOp(binder));
    case Opcode::rotateCells:
      return bound(RotateCellsOp<Lanes>(binder));
    case Opcode::scaleRows:
      return bound(ScaleRowsOp(binder));
    case Opcode::storeRows:
      return bound(StoreRowsOp(binder));
    case Opcode::attention:
      return bound(AttentionOp<Lanes>(binder));
    case Opcode::gate:
      return bound(GateOp<Lanes>(binder));
    case Opcode::add:
      return bound(AddOp<Lanes>(binder));
    case Opcode::selectRows:
      return bound(SelectRowsOp(binder));
    case Opcode::routeExperts:
      return bound(RouteExpertsOp<Lanes>(binder));
    case Opcode::expertMatmul:
      return bound(ExpertMatmulOp(binder, matmul));
    case Opcode::combineExperts:
      return bound(CombineExpertsOp<Lanes>(binder));
    case Opcode::sumSquares:
      return bound(SumSquaresOp<Lanes>(binder));
    case Opcode::sumExpertSquares:
      return bound(SumExpertSquaresOp<Lanes>(binder));
  }
  binder.fail(Fault::badProgram, opcode, (int64_t)Opcode::sumExpertSquares);
}

/** Visit all ops, until one fails. */
template <class Lanes, class Visit>
Failure visitOps(const Run& run, const MatmulKernels& matmul, Visit visit) {
  Failure failure;
  Binder binder(run, failure);
  for (uint32_t op = 0; !binder.atEnd() && !binder.failed(); op++) {
    failure.op = op;
    visitOp<Lanes>(binder, binder.take<uint32_t>(), matmul, visit);
  }
  return failure;
}

/** See `ProgramKernels`. */
template <class Lanes>
Failure checkProgram(const Run& run, size_t& scratchBytes) {
  static constexpr MatmulKernels matmul = matmulKernels<Lanes>();
  scratchBytes = 0;
  return visitOps<Lanes>(run, matmul, [&](auto& op) {
    Arena arena(nullptr);
    op.layOut(arena);
    scratchBytes = arena.bytes() > scratchBytes ? arena.bytes() : scratchBytes;
  });
}

/** See `ProgramKernels`. */
template <class Lanes>
Failure runProgram(const Run& run) {
  static constexpr MatmulKernels matmul = matmulKernels<Lanes>();
  return visitOps<Lanes>(run, matmul, [&](auto& op) {
    Arena arena(run.scratch);
    op.layOut(arena);
    op.run();
  });
}

}  // namespace
}  // namespace halftone
