// Mixtures of experts: which experts a token gets, their products, and the sum of what they say.
#pragma once

#include "products.hpp"

namespace halftone {
namespace {

template <class Lanes>
struct RouteExpertsOp {
  explicit RouteExpertsOp(Binder& b)
      : binder(b), words(b.take<words::RouteExperts>()), logits(b.values(words.logits, saturated(b.run.tokens, words.experts))),
        ids(b.indices(words.ids, saturated(b.run.tokens, words.used))),
        shares(b.values(words.shares, saturated(b.run.tokens, words.used))) {
    b.require(Fault::wrongLength, words.used >= 1 && words.used <= words.experts, words.used, words.experts);
    b.require(Fault::badProgram, words.gating <= Gating::sigmoid, (size_t)words.gating, (size_t)Gating::sigmoid);
  }

  void layOut(Arena& arena) { workspaces = arena.take<float>(saturated(binder.run.threads->count, words.experts)); }

  void run() {
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(8 * words.experts), [&](size_t first, size_t end, size_t thread) {
      for (size_t token = first; token < end; token++) route(token, workspaces + thread * words.experts);
    });
  }

  void route(size_t token, float* all) const {
    const float* const from = logits + token * words.experts;
    int32_t* const chosen = ids + token * words.used;
    float* const chosenShares = shares + token * words.used;
    choose(from, chosen);
    takeShares(from, all);
    float sum = 0;
    for (size_t u = 0; u < words.used; u++) {
      chosenShares[u] = all[chosen[u]];
      sum += chosenShares[u];
    }
    for (size_t u = 0; u < words.used; u++) {
      chosenShares[u] = (words.normalize != 0 ? chosenShares[u] / sum : chosenShares[u]) * words.scale;
    }
  }

  /** The experts with the largest logits, the lower number first among equals. */
  void choose(const float* from, int32_t* chosen) const {
    size_t count = 0;
    for (size_t expert = 0; expert < words.experts; expert++) {
      size_t place = count;
      while (place > 0 && rankOf(from[expert]) > rankOf(from[chosen[place - 1]])) place--;
      if (place == words.used) continue;
      count = count < words.used ? count + 1 : count;
      for (size_t u = count - 1; u > place; u--) chosen[u] = chosen[u - 1];
      chosen[place] = (int32_t)expert;
    }
  }

  /** What is not a number counts as the least. */
  static float rankOf(float logit) { return logit == logit ? logit : -__builtin_inff(); }

  void takeShares(const float* from, float* all) const {
    using Float = typename Lanes::Float;
    if (words.gating == Gating::sigmoid) {
      mapEach<Lanes>(all, 0, words.experts, [](Float x) { return 1.0f / (exponential<Lanes>(-x) + 1.0f); }, from);
      return;
    }
    float greatest = from[0];
    for (size_t expert = 1; expert < words.experts; expert++) greatest = from[expert] > greatest ? from[expert] : greatest;
    mapEach<Lanes>(all, 0, words.experts, [greatest](Float x) { return exponential<Lanes>(x - greatest); }, from);
    float sum = 0;
    for (size_t expert = 0; expert < words.experts; expert++) sum += all[expert];
    for (size_t expert = 0; expert < words.experts; expert++) all[expert] /= sum;
  }

  Binder& binder;
  words::RouteExperts words;
  const float* logits;
  int32_t* ids;
  float* shares;
  float* workspaces = nullptr;
};

template <class Lanes>
struct CombineExpertsOp : WithoutScratch {
  explicit CombineExpertsOp(Binder& b)
      : binder(b), words(b.take<words::CombineExperts>()),
        input(b.values(words.input, saturated(saturated(b.run.tokens, words.used), words.width))),
        shares(b.values(words.shares, saturated(b.run.tokens, words.used))),
        out(b.values(words.out, saturated(b.run.tokens, words.width))) {}

  void run() {
    using Float = typename Lanes::Float;
    const size_t width = words.width;
    forEachRange(*binder.run.threads, binder.run.tokens, 1, rowsPerPiece(width * words.used), [&](size_t first, size_t end, size_t) {
      for (size_t token = first; token < end; token++) {
        float* const to = out + token * width;
        for (size_t u = 0; u < words.used; u++) {
          const float share = shares[token * words.used + u];
          const float* const from = input + (token * words.used + u) * width;
          if (u == 0) {
            mapEach<Lanes>(to, 0, width, [share](Float value) { return value * share; }, from);
          } else {
            mapEach<Lanes>(to, 0, width, [share](Float sum, Float value) { return sum + value * share; }, to, from);
          }
        }
      }
    });
  }

  Binder& binder;
  words::CombineExperts words;
  const float* input;
  const float* shares;
  float* out;
};

/** Products with experts: tokens are grouped by the expert they chose, and each group is a task for each product. */
class ExpertMatmulOp {
 public:
  ExpertMatmulOp(Binder& b, const MatmulKernels& k)
      : binder(b), kernels(k), words(b.take<words::ExpertMatmul>()), rows(saturated(b.run.tokens, words.used)),
        ids(b.indices(words.ids, rows)), products(b.takeItems<words::ExpertProduct>(words.products)),
        multiplier(*b.run.threads, k) {
    if (b.failed()) return;
    experts = b.weights(products[0].weights).experts;
    b.require(Fault::wrongLength, rows < 0xffffffff, rows, 0xffffffff);
    for (size_t i = 0; i < words.products && !b.failed(); i++) measure(i);
  }

  void layOut(Arena& arena) {
    order = arena.take<uint32_t>(rows);
    inputRows = arena.take<uint32_t>(rows);
    ends = arena.take<size_t>(experts);
    multiplier.layOut(arena, saturated(mostGroups(), words.products), preparedBytes, scratchBytes);
  }

  void run() {
    if (rows == 0 || !binder.within(ids, rows, experts)) return;
    groupByExpert();
    multiplier.clear();
    for (size_t expert = 0, first = 0; expert < experts; first = ends[expert], expert++) {
      if (first < ends[expert]) addGroup(expert, first, ends[expert] - first);
    }
    multiplier.run();
  }

 private:
  size_t mostGroups() const { return rows < experts ? rows : experts; }

  MatmulTask taskOf(size_t product, size_t expert) {
    const words::ExpertProduct& handles = products[product];
    const Buffer& weights = binder.weights(handles.weights);
    if (binder.failed()) return {};
    binder.require(Fault::wrongLength, weights.experts == experts, weights.experts, experts);
    const size_t width = binder.weights(products[0].weights).width;
    binder.require(Fault::wrongLength, weights.width == width, weights.width, width);
    MatmulTask task = taskFor(binder.run, weights, expert);
    task.input = binder.values(words.input, saturated(words.inputPerExpert != 0 ? rows : binder.run.tokens, task.columns));
    task.out = binder.values(handles.out, saturated(rows, task.rows));
    return task;
  }

  /**
   * Room for what is prepared: for one group of all rows, or for groups of one row each, whichever is more. When that is not enough
   * for all groups, they are done some at a time.
   */
  void measure(size_t product) {
    MatmulTask task = taskOf(product, 0);
    if (binder.failed() || rows == 0) return;
    makeRoom(task, rows, 1);
    makeRoom(task, 1, mostGroups());
  }

  void makeRoom(MatmulTask& task, size_t count, size_t groups) {
    task.count = count;
    const MatmulPlan plan = kernels.plan(task);
    const size_t bytes = saturated(groups * words.products, Multiplier::roundedUp(plan.preparedBytes));
    preparedBytes = bytes > preparedBytes ? bytes : preparedBytes;
    scratchBytes = plan.scratchBytes > scratchBytes ? plan.scratchBytes : scratchBytes;
  }

  /** Sort the rows (t, u) by expert, those of an expert in their order. */
  void groupByExpert() {
    for (size_t expert = 0; expert < experts; expert++) ends[expert] = 0;
    for (size_t row = 0; row < rows; row++) ends[ids[row]]++;
    for (size_t expert = 0, first = 0; expert < experts; expert++) {
      const size_t count = ends[expert];
      ends[expert] = first;
      first += count;
    }
    for (size_t row = 0; row < rows; row++) {
      const size_t place = ends[ids[row]]++;
      order[place] = (uint32_t)row;
      inputRows[place] = (uint32_t)(words.inputPerExpert != 0 ? row : row / words.used);
    }
  }

  void addGroup(size_t expert, size_t first, size_t count) {
    size_t bytes = 0;
    for (size_t i = 0; i < words.products; i++) bytes += Multiplier::roundedUp(kernels.plan(groupTask(i, expert, first, count)).preparedBytes);
    if (!multiplier.hasRoomFor(bytes)) {
      multiplier.run();
      multiplier.clear();
    }
    for (size_t i = 0; i < words.products; i++) {
      const MatmulTask task = groupTask(i, expert, first, count);
      multiplier.add(task, kernels.plan(task), i > 0);
    }
  }

  MatmulTask groupTask(size_t product, size_t expert, size_t first, size_t count) {
    MatmulTask task = taskOf(product, expert);
    task.count = count;
    task.inputRows = inputRows + first;
    task.outRows = order + first;
    return task;
  }

  Binder& binder;
  const MatmulKernels& kernels;
  words::ExpertMatmul words;
  size_t rows;
  const int32_t* ids;
  const words::ExpertProduct* products;
  Multiplier multiplier;
  size_t experts = 0;
  size_t preparedBytes = 0;
  size_t scratchBytes = 0;
  /** The rows (t, u) by expert, the rows of the input that they get, and where those of each expert end. */
  uint32_t* order = nullptr;
  uint32_t* inputRows = nullptr;
  size_t* ends = nullptr;
};

}  // namespace
}  // namespace halftone
