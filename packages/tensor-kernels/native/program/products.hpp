// Products with weights: what is multiplied, prepared once for products that share it, and shared out by weight rows.
#pragma once

#include "../matmul/matmul.hpp"
#include "rows.hpp"

namespace halftone {
namespace {

/** Bytes of weights that are worth a piece of work of their own: some microseconds of reading. */
constexpr size_t BYTES_PER_PIECE = 1 << 15;
/** Pieces for each thread, if they are not smaller than that: longer ones are read faster, more are shared out more evenly. */
constexpr size_t PIECES_PER_THREAD = 8;

/** A task, how it is done, and where its prepared input is. */
struct PlannedTask {
  MatmulTask task;
  MatmulPlan plan;
  uint8_t* prepared;
  /** Whether this task prepares its input; others use what an earlier one of the same input prepared. */
  bool prepares;
  /** Weight rows of a piece, and the number of the first piece of this task and behind its last. */
  size_t rowsPerPiece;
  size_t firstPiece;
  size_t endPiece;
};

/** Does several tasks in two phases: their inputs are prepared, then their rows multiplied. */
class Multiplier {
 public:
  Multiplier(Threads& t, const MatmulKernels& k) : threads(t), kernels(k) {}

  void layOut(Arena& arena, size_t mostTasks, size_t preparedBytes, size_t scratchPerThread) {
    capacity = preparedBytes;
    threadScratch = scratchPerThread;
    tasks = arena.take<PlannedTask>(mostTasks);
    prepared = arena.take<uint8_t>(preparedBytes);
    scratch = arena.take<uint8_t>(saturated(threads.count, roundedUp(scratchPerThread)));
  }

  void clear() { taskCount = preparedUsed = 0; }

  /** Whether so many more bytes of prepared input find room. */
  bool hasRoomFor(size_t preparedBytes) const { return preparedUsed + preparedBytes <= capacity; }

  /** Add a task; with `sharesInput` its input is that of the task before, and of those before it that shared theirs. */
  void add(const MatmulTask& task, const MatmulPlan& plan, bool sharesInput) {
    PlannedTask& added = tasks[taskCount];
    added = {task, plan, nullptr, true, 0, 0, 0};
    if (!sharesInput) firstOfInput = taskCount;
    for (size_t i = firstOfInput; i < taskCount; i++) {
      if (tasks[i].plan.inputForm != plan.inputForm) continue;
      added.prepared = tasks[i].prepared;
      added.prepares = false;
    }
    if (added.prepares) {
      added.prepared = prepared + preparedUsed;
      preparedUsed += roundedUp(plan.preparedBytes);
    }
    taskCount++;
  }

  void run() {
    prepareInputs();
    multiply();
  }

  static size_t roundedUp(size_t bytes) { return (bytes + Arena::ALIGNMENT - 1) / Arena::ALIGNMENT * Arena::ALIGNMENT; }

 private:
  void prepareInputs() {
    size_t pieces = 0;
    for (size_t i = 0; i < taskCount; i++) {
      PlannedTask& planned = tasks[i];
      planned.firstPiece = pieces;
      if (planned.prepares && planned.plan.preparedBytes > 0) {
        planned.rowsPerPiece = multipleOf(planned.plan.inputStep, rowsPerPiece(planned.task.columns) + 1);
        pieces += (planned.task.count + planned.rowsPerPiece - 1) / planned.rowsPerPiece;
      }
      planned.endPiece = pieces;
    }
    forEachPiece(threads, pieces, [&](size_t piece, size_t) {
      const PlannedTask& planned = taskOf(piece);
      const size_t first = (piece - planned.firstPiece) * planned.rowsPerPiece;
      kernels.prepare(planned.task, planned.prepared, first, least(planned.rowsPerPiece, planned.task.count - first));
    });
  }

  void multiply() {
    size_t pieces = 0;
    for (size_t i = 0; i < taskCount; i++) {
      PlannedTask& planned = tasks[i];
      planned.firstPiece = pieces;
      planned.rowsPerPiece = multipleOf(planned.plan.rowStep, rowsPerPieceOf(planned.task));
      pieces += (planned.task.rows + planned.rowsPerPiece - 1) / planned.rowsPerPiece;
      planned.endPiece = pieces;
    }
    forEachPiece(threads, pieces, [&](size_t piece, size_t thread) {
      const PlannedTask& planned = taskOf(piece);
      const size_t first = (piece - planned.firstPiece) * planned.rowsPerPiece;
      kernels.multiply(planned.task, planned.prepared, first, least(planned.rowsPerPiece, planned.task.rows - first),
                       scratch + thread * roundedUp(threadScratch));
    });
  }

  size_t rowsPerPieceOf(const MatmulTask& task) const {
    const size_t least = BYTES_PER_PIECE / task.bytesPerRow() / task.count + 1;
    const size_t even = task.rows / (PIECES_PER_THREAD * threads.count);
    return even > least ? even : least;
  }

  const PlannedTask& taskOf(size_t piece) const {
    size_t i = 0;
    while (piece >= tasks[i].endPiece) i++;
    return tasks[i];
  }

  static size_t least(size_t a, size_t b) { return a < b ? a : b; }
  static size_t multipleOf(size_t step, size_t atLeast) { return (atLeast + step - 1) / step * step; }

  Threads& threads;
  const MatmulKernels& kernels;
  size_t capacity = 0;
  size_t threadScratch = 0;
  PlannedTask* tasks = nullptr;
  uint8_t* prepared = nullptr;
  uint8_t* scratch = nullptr;
  size_t taskCount = 0;
  size_t firstOfInput = 0;
  size_t preparedUsed = 0;
};

/** The task of a matrix of weights, the `expert`th of its buffer. */
inline MatmulTask taskFor(const Run& run, const Buffer& weights, size_t expert) {
  MatmulTask task = {};
  task.format = run.formats + weights.format;
  task.rows = weights.length;
  task.columns = weights.width;
  task.outStride = weights.length;
  task.inputBits = run.inputBits;
  task.weights = weights.data + expert * task.rows * task.bytesPerRow();
  return task;
}

/** For each product: `out` = `input` times the transpose of the weights, plus the bias. */
class MatmulOp {
 public:
  MatmulOp(Binder& b, const MatmulKernels& k)
      : binder(b), kernels(k), words(b.take<words::Matmul>()), count(b.rows(words.count)),
        products(b.takeItems<words::Product>(words.products)), multiplier(*b.run.threads, k) {
    for (size_t i = 0; i < words.products && !b.failed(); i++) {
      const MatmulTask task = taskOf(i);
      if (b.failed() || count == 0) return;
      const MatmulPlan plan = k.plan(task);
      preparedBytes += Multiplier::roundedUp(plan.preparedBytes);
      scratchBytes = plan.scratchBytes > scratchBytes ? plan.scratchBytes : scratchBytes;
    }
  }

  void layOut(Arena& arena) { multiplier.layOut(arena, words.products, preparedBytes, scratchBytes); }

  void run() {
    if (count == 0) return;
    multiplier.clear();
    for (size_t i = 0; i < words.products; i++) {
      const MatmulTask task = taskOf(i);
      multiplier.add(task, kernels.plan(task), i > 0);
    }
    multiplier.run();
  }

 private:
  MatmulTask taskOf(size_t product) {
    const words::Product& handles = products[product];
    const Buffer& weights = binder.weights(handles.weights);
    if (binder.failed()) return {};
    MatmulTask task = taskFor(binder.run, weights, 0);
    binder.require(Fault::wrongLength, weights.width == binder.weights(products[0].weights).width, weights.width, 0);
    task.count = count;
    task.input = binder.values(words.input, saturated(count, task.columns));
    task.out = binder.values(handles.out, saturated(count, task.rows));
    if (handles.bias != NO_BUFFER) task.bias = binder.values(handles.bias, task.rows);
    return task;
  }

  Binder& binder;
  const MatmulKernels& kernels;
  words::Matmul words;
  size_t count;
  const words::Product* products;
  Multiplier multiplier;
  size_t preparedBytes = 0;
  size_t scratchBytes = 0;
};

}  // namespace
}  // namespace halftone
