// Attention with the softmax taken as the cells go by (Milakov and Gimelshein, 2018; Dao et al., 2022).
//
// Tokens that see nearly the same cells form a tile. A piece of work is a tile and a key-value head: the queries of all its tokens
// and of all heads that share the keys are the rows of two products of matrices, with blocks of keys and with blocks of values that
// are turned into floats once. Few tokens would make few pieces, so their cells are cut into stretches, whose results are combined.
#pragma once

#include "attention_products.hpp"
#include "rows.hpp"

namespace halftone {
namespace {

/** Cells of which keys and values are floats at a time: with heads of 128 values, 32 KiB each. */
constexpr size_t CELLS_PER_BLOCK = 64;
/** Rows that share a block of floats: enough to make little of the cost of loading them. */
constexpr size_t ROWS_PER_TILE = 64;
/** With so few tokens, cells are cut into stretches. */
constexpr size_t TOKENS_THAT_SPLIT = 8;
constexpr size_t CELLS_PER_STRETCH = 512;

/** Some tokens one after another, and the places in `cells` from the first that one of them sees to behind the last. */
struct Tile {
  size_t firstToken;
  size_t tokens;
  size_t from;
  size_t end;
};

/** What a row has gathered: the greatest score, the sum of the exponentials of the differences from it, and the weighted values. */
struct Gathered {
  float greatest;
  float sum;
};

/** Below every score, so that the first one is greater. */
constexpr float LEAST_SCORE = -3.0e38f;

template <class Lanes>
class AttentionOp {
  using Float = typename Lanes::Float;

 public:
  explicit AttentionOp(Binder& b)
      : binder(b), words(b.take<words::Attention>()), keys(b.cache(words.keys)), values(b.cache(words.values)),
        cellCount(b.lengthOf(words.cells, BufferKind::indices)), cells(b.indices(words.cells, 0)),
        spans(b.indices(words.spans, saturated(b.run.tokens, 2))) {
    const size_t keyHeads = words.keyValueHeads;
    b.require(Fault::wrongLength, keyHeads >= 1 && words.heads >= keyHeads && words.heads % keyHeads == 0, words.heads, keyHeads);
    if (b.failed()) return;
    b.require(Fault::wrongLength, keys.width % keyHeads == 0, keys.width, keyHeads);
    b.require(Fault::wrongLength, values.width % keyHeads == 0, values.width, keyHeads);
    b.require(Fault::wrongLength, keys.length == values.length, values.length, keys.length);
    group = words.heads / keyHeads;
    headLength = keys.width / keyHeads;
    valueLength = values.width / keyHeads;
    query = b.values(words.query, saturated(b.run.tokens, words.heads, headLength));
    out = b.values(words.out, saturated(b.run.tokens, words.heads, valueLength));
  }

  void layOut(Arena& arena) {
    const size_t tokens = binder.run.tokens;
    tiles = arena.take<Tile>(tokens);
    const size_t rows = rowsPerTile();
    const size_t threads = binder.run.threads->count;
    keyBlocks = arena.take<float>(threads * CELLS_PER_BLOCK * keyStride());
    valueBlocks = arena.take<float>(threads * CELLS_PER_BLOCK * valueStride());
    queryRows = arena.take<float>(threads * rows * keyStride());
    scores = arena.take<float>(threads * rows * CELLS_PER_BLOCK);
    const size_t places = splits() ? tokens * words.heads * mostStretches() : threads * rows;
    gathered = arena.take<Gathered>(places);
    sums = arena.take<float>(places * valueStride());
  }

  void run() {
    if (!checkSpans()) return;
    makeTiles();
    const size_t stretches = splits() ? mostStretches() : 1;
    Threads& threads = *binder.run.threads;
    forEachPiece(threads, tileCount * words.keyValueHeads * stretches, [&](size_t piece, size_t thread) {
      const size_t stretch = piece % stretches;
      const size_t head = piece / stretches % words.keyValueHeads;
      const Tile& tile = tiles[piece / stretches / words.keyValueHeads];
      if (!splits()) {
        gather(tile, head, tile.from, tile.end, thread, thread * rowsPerTile());
        for (size_t row = 0; row < tile.tokens * group; row++) finish(tile, head, row, thread * rowsPerTile() + row, 1, 0);
        return;
      }
      const size_t from = tile.from + stretch * CELLS_PER_STRETCH;
      const size_t end = tile.end - from < CELLS_PER_STRETCH ? tile.end : from + CELLS_PER_STRETCH;
      if (from < tile.end) gather(tile, head, from, end, thread, placeOf(tile, head, stretch));
    });
    if (splits()) combine();
  }

 private:
  bool splits() const { return binder.run.tokens <= TOKENS_THAT_SPLIT; }
  size_t mostStretches() const { return cellCount / CELLS_PER_STRETCH + 1; }
  size_t rowsPerTile() const { return group > ROWS_PER_TILE ? group : ROWS_PER_TILE; }
  static size_t strideOf(size_t length) { return (length + Lanes::width - 1) / Lanes::width * Lanes::width; }
  size_t keyStride() const { return strideOf(headLength); }
  size_t valueStride() const { return strideOf(valueLength); }

  /** Where the results of a stretch begin when cells are cut. */
  size_t placeOf(const Tile& tile, size_t head, size_t stretch) const {
    return (tile.firstToken * words.keyValueHeads * mostStretches() + (head * mostStretches() + stretch) * tile.tokens) * group;
  }

  /** Every span lies within `cells`, and every cell that is seen within the cache. What several tokens see is looked at once. */
  bool checkSpans() {
    size_t seenFrom = 0;
    size_t seenEnd = 0;
    for (size_t token = 0; token < binder.run.tokens; token++) {
      const int32_t start = spans[2 * token];
      const int32_t length = spans[2 * token + 1];
      if (start < 0 || length < 1 || (size_t)start + (size_t)length > cellCount) {
        binder.fail(Fault::outOfRange, start < 0 ? start : (int64_t)start + length, (int64_t)cellCount);
        return false;
      }
      const size_t from = (size_t)start;
      const size_t end = from + (size_t)length;
      if (from < seenFrom || from > seenEnd) seenFrom = seenEnd = from;
      if (end <= seenEnd) continue;
      if (!binder.within(cells + seenEnd, end - seenEnd, keys.length)) return false;
      seenEnd = end;
    }
    return true;
  }

  /** A token joins the tile of the one before when its span starts near to that of the tile. */
  void makeTiles() {
    tileCount = 0;
    const size_t most = rowsPerTile() / group;
    for (size_t token = 0; token < binder.run.tokens; token++) {
      const size_t from = (size_t)spans[2 * token];
      const size_t end = from + (size_t)spans[2 * token + 1];
      if (tileCount > 0) {
        Tile& tile = tiles[tileCount - 1];
        if (tile.tokens < most && from >= tile.from && from - tile.from < CELLS_PER_BLOCK) {
          tile.tokens++;
          tile.end = end > tile.end ? end : tile.end;
          continue;
        }
      }
      tiles[tileCount++] = {token, 1, from, end};
    }
  }

  /** Gather the cells at places `from` to `end` for the rows of a tile, into `gathered` and `sums` from `place` on. */
  void gather(const Tile& tile, size_t head, size_t from, size_t end, size_t thread, size_t place) const {
    const size_t rows = tile.tokens * group;
    float* const queries = queryRows + thread * rowsPerTile() * keyStride();
    loadQueries(tile, head, queries);
    for (size_t row = 0; row < rows; row++) gathered[place + row] = {LEAST_SCORE, 0};
    __builtin_memset(sums + place * valueStride(), 0, rows * valueStride() * sizeof(float));
    float* const keyBlock = keyBlocks + thread * CELLS_PER_BLOCK * keyStride();
    float* const valueBlock = valueBlocks + thread * CELLS_PER_BLOCK * valueStride();
    float* const blockScores = scores + thread * rowsPerTile() * CELLS_PER_BLOCK;
    for (size_t start = from; start < end; start += CELLS_PER_BLOCK) {
      const size_t count = end - start < CELLS_PER_BLOCK ? end - start : CELLS_PER_BLOCK;
      loadBlock(keys, start, count, head, headLength, keyStride(), keyBlock);
      multiplyTransposed<Lanes>(queries, rows, keyBlock, count, keyStride(), blockScores, CELLS_PER_BLOCK);
      for (size_t row = 0; row < rows; row++) {
        takeExponentials(tile, row, start, count, blockScores + row * CELLS_PER_BLOCK, place + row);
      }
      loadBlock(values, start, count, head, valueLength, valueStride(), valueBlock);
      addProduct<Lanes>(blockScores, rows, CELLS_PER_BLOCK, valueBlock, count, valueStride(), sums + place * valueStride());
    }
  }

  /** The queries of a tile, scaled: a row for each token and each head that shares the keys of `head`. */
  void loadQueries(const Tile& tile, size_t head, float* queries) const {
    for (size_t row = 0; row < tile.tokens * group; row++) {
      const size_t token = tile.firstToken + row / group;
      const float* const from = query + (token * words.heads + head * group + row % group) * headLength;
      float* const to = queries + row * keyStride();
      for (size_t i = 0; i < headLength; i++) to[i] = from[i] * words.scale;
      for (size_t i = headLength; i < keyStride(); i++) to[i] = 0;
    }
  }

  void loadBlock(const Buffer& cache, size_t start, size_t count, size_t head, size_t length, size_t stride, float* block) const {
    for (size_t i = 0; i < count; i++) {
      float* const to = block + i * stride;
      loadCell<Lanes>(cache, (size_t)cells[start + i], head * length, length, to);
      for (size_t k = length; k < stride; k++) to[k] = 0;
    }
  }

  /** Turn the scores of a row into what each value counts, zero for cells that its token does not see. */
  void takeExponentials(const Tile& tile, size_t row, size_t start, size_t count, float* row_scores, size_t place) const {
    const size_t token = tile.firstToken + row / group;
    const size_t spanFrom = (size_t)spans[2 * token];
    const size_t spanEnd = spanFrom + (size_t)spans[2 * token + 1];
    const size_t from = spanFrom > start ? (spanFrom - start < count ? spanFrom - start : count) : 0;
    const size_t end = spanEnd > start ? (spanEnd - start < count ? spanEnd - start : count) : 0;
    for (size_t i = 0; i < from; i++) row_scores[i] = 0;
    for (size_t i = end > from ? end : from; i < count; i++) row_scores[i] = 0;
    if (from >= end) return;
    Gathered& state = gathered[place];
    float greatest = state.greatest;
    for (size_t i = from; i < end; i++) greatest = row_scores[i] > greatest ? row_scores[i] : greatest;
    const Float shift = broadcast<Float>(greatest);
    mapEach<Lanes>(row_scores, from, end, [shift](Float score) { return exponential<Lanes>(score - shift); }, row_scores);
    float sum = 0;
    for (size_t i = from; i < end; i++) sum += row_scores[i];
    if (greatest > state.greatest) rescale(state, greatest, sums + place * valueStride());
    state.sum += sum;
  }

  /** Let what was gathered count from another greatest score. */
  void rescale(Gathered& state, float greatest, float* rowSums) const {
    const float factor = exponential<Lanes>(broadcast<Float>(state.greatest - greatest))[0];
    state.greatest = greatest;
    state.sum *= factor;
    for (size_t i = 0; i < valueStride(); i++) rowSums[i] *= factor;
  }

  /** Write the result of a row that was gathered in `stretches` places, `step` apart. */
  void finish(const Tile& tile, size_t head, size_t row, size_t place, size_t stretches, size_t step) const {
    for (size_t i = 1; i < stretches; i++) merge(place, place + i * step);
    const size_t token = tile.firstToken + row / group;
    float* const to = out + (token * words.heads + head * group + row % group) * valueLength;
    const float* const from = sums + place * valueStride();
    const float factor = 1 / gathered[place].sum;
    for (size_t i = 0; i < valueLength; i++) to[i] = from[i] * factor;
  }

  /** Add what was gathered at one place to another. */
  void merge(size_t to, size_t from) const {
    float* const toSums = sums + to * valueStride();
    float* const fromSums = sums + from * valueStride();
    Gathered& toState = gathered[to];
    Gathered& fromState = gathered[from];
    if (fromState.greatest > toState.greatest) {
      rescale(toState, fromState.greatest, toSums);
    } else {
      rescale(fromState, toState.greatest, fromSums);
    }
    toState.sum += fromState.sum;
    for (size_t i = 0; i < valueStride(); i++) toSums[i] += fromSums[i];
  }

  /** When cells were cut: put the stretches of each row together. */
  void combine() const {
    forEachPiece(*binder.run.threads, tileCount * words.keyValueHeads, [&](size_t piece, size_t) {
      const Tile& tile = tiles[piece / words.keyValueHeads];
      const size_t head = piece % words.keyValueHeads;
      const size_t rows = tile.tokens * group;
      const size_t stretches = (tile.end - tile.from + CELLS_PER_STRETCH - 1) / CELLS_PER_STRETCH;
      for (size_t row = 0; row < rows; row++) finish(tile, head, row, placeOf(tile, head, 0) + row, stretches, rows);
    });
  }

  Binder& binder;
  words::Attention words;
  const Buffer& keys;
  const Buffer& values;
  size_t cellCount;
  const int32_t* cells;
  const int32_t* spans;
  size_t group = 1;
  size_t headLength = 0;
  size_t valueLength = 0;
  const float* query = nullptr;
  float* out = nullptr;

  Tile* tiles = nullptr;
  size_t tileCount = 0;
  /** Per thread: blocks of keys and values as floats, (CELLS_PER_BLOCK, stride); queries and scores of the rows of a tile. */
  float* keyBlocks = nullptr;
  float* valueBlocks = nullptr;
  float* queryRows = nullptr;
  float* scores = nullptr;
  /** Per row: of each thread, or of each stretch when cells are cut. */
  Gathered* gathered = nullptr;
  float* sums = nullptr;
};

}  // namespace
}  // namespace halftone
