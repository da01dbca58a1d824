// Attention with the softmax taken as the cells go by (Milakov and Gimelshein, 2018; Dao et al., 2022).
//
// Tokens that see nearly the same cells form a tile. A piece of work is a tile and a key-value head: the queries of all its tokens
// and of all heads that share the keys are the rows of two products of matrices, with blocks of keys and with blocks of values that
// are turned into floats once. Few tokens would make few pieces, so their cells are cut into stretches, whose results are combined;
// all heads look at a block of cells before the next block, because the heads of a cell are neighbours in memory.
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
constexpr size_t LEAST_STRETCH = 128;
/** Longer stretches where there would be more: each has results of its own. */
constexpr size_t MOST_STRETCHES = 64;

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
    keyRows = arena.take<float>(threads * 4 * keyStride());
    valueBlocks = arena.take<float>(threads * CELLS_PER_BLOCK * valueStride());
    queryRows = arena.take<float>(threads * mostQueryRows() * keyStride());
    scores = arena.take<float>(threads * rows * CELLS_PER_BLOCK);
    const size_t places = splits() ? tokens * words.heads * mostStretches() : threads * rows;
    gathered = arena.take<Gathered>(places);
    sums = arena.take<float>(places * valueStride());
  }

  void run() {
    if (!checkSpans()) return;
    makeTiles();
    if (splits()) {
      gatherStretches();
      combine();
    } else {
      gatherTiles();
    }
  }

 private:
  bool splits() const { return binder.run.tokens <= TOKENS_THAT_SPLIT; }
  size_t cellsPerStretch() const {
    const size_t cells = (cellCount / MOST_STRETCHES + CELLS_PER_BLOCK) / CELLS_PER_BLOCK * CELLS_PER_BLOCK;
    return cells > LEAST_STRETCH ? cells : LEAST_STRETCH;
  }
  size_t mostStretches() const { return cellCount / cellsPerStretch() + 1; }
  /** The queries that a thread has at hand: of all heads where cells are cut. */
  size_t mostQueryRows() const { return splits() ? TOKENS_THAT_SPLIT * words.heads : rowsPerTile(); }
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

  /** A piece for each tile and head. */
  void gatherTiles() const {
    forEachPiece(*binder.run.threads, tileCount * words.keyValueHeads, [&](size_t piece, size_t thread) {
      const Tile& tile = tiles[piece / words.keyValueHeads];
      const size_t head = piece % words.keyValueHeads;
      const size_t place = thread * rowsPerTile();
      float* const queries = queryRows + thread * mostQueryRows() * keyStride();
      begin(tile, head, queries, place);
      for (size_t start = tile.from; start < tile.end; start += CELLS_PER_BLOCK) {
        prefetchBlock(keys, start + CELLS_PER_BLOCK, tile.end, head * headLength, headLength);
        prefetchBlock(values, start + CELLS_PER_BLOCK, tile.end, head * valueLength, valueLength);
        gather(tile, head, start, tile.end, queries, thread, place);
      }
      for (size_t row = 0; row < tile.tokens * group; row++) finish(tile, head, row, place + row, 1, 0);
    });
  }

  /** A piece for each tile and stretch. */
  void gatherStretches() const {
    forEachPiece(*binder.run.threads, tileCount * mostStretches(), [&](size_t piece, size_t thread) {
      const Tile& tile = tiles[piece / mostStretches()];
      const size_t stretch = piece % mostStretches();
      const size_t from = tile.from + stretch * cellsPerStretch();
      if (from >= tile.end) return;
      const size_t end = tile.end - from < cellsPerStretch() ? tile.end : from + cellsPerStretch();
      const auto queries = [&](size_t head) {
        return queryRows + (thread * mostQueryRows() + head * tile.tokens * group) * keyStride();
      };
      for (size_t head = 0; head < words.keyValueHeads; head++) begin(tile, head, queries(head), placeOf(tile, head, stretch));
      for (size_t start = from; start < end; start += CELLS_PER_BLOCK) {
        // In the order of memory, which the order of the heads is not.
        prefetchBlock(keys, start, end, 0, keys.width);
        prefetchBlock(values, start, end, 0, values.width);
        for (size_t head = 0; head < words.keyValueHeads; head++) {
          gather(tile, head, start, end, queries(head), thread, placeOf(tile, head, stretch));
        }
      }
    });
  }

  /** Make ready to gather for the rows of a tile, into `gathered` and `sums` from `place` on. */
  void begin(const Tile& tile, size_t head, float* queries, size_t place) const {
    const size_t rows = tile.tokens * group;
    loadQueries(tile, head, queries);
    for (size_t row = 0; row < rows; row++) gathered[place + row] = {LEAST_SCORE, 0};
    __builtin_memset(sums + place * valueStride(), 0, rows * valueStride() * sizeof(float));
  }

  /** Gather a block of cells, from the one at place `start` on; more will be gathered up to `end`. */
  void gather(const Tile& tile, size_t head, size_t start, size_t end, const float* queries, size_t thread, size_t place) const {
    const size_t rows = tile.tokens * group;
    const size_t count = end - start < CELLS_PER_BLOCK ? end - start : CELLS_PER_BLOCK;
    float* const keyBlock = keyBlocks + thread * CELLS_PER_BLOCK * keyStride();
    float* const valueBlock = valueBlocks + thread * CELLS_PER_BLOCK * valueStride();
    float* const blockScores = scores + thread * rowsPerTile() * CELLS_PER_BLOCK;
    loadTransposed(start, count, head, keyRows + thread * 4 * keyStride(), keyBlock);
    __builtin_memset(blockScores, 0, rows * CELLS_PER_BLOCK * sizeof(float));
    addProduct<Lanes>(queries, rows, keyStride(), keyBlock, headLength, CELLS_PER_BLOCK, blockScores);
    for (size_t row = 0; row < rows; row++) {
      takeExponentials(tile, row, start, count, blockScores + row * CELLS_PER_BLOCK, place + row);
    }
    loadValues(start, count, head, valueBlock);
    addProduct<Lanes>(blockScores, rows, CELLS_PER_BLOCK, valueBlock, count, valueStride(), sums + place * valueStride());
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

  void loadValues(size_t start, size_t count, size_t head, float* block) const {
    for (size_t i = 0; i < count; i++) {
      float* const to = block + i * valueStride();
      loadCell<Lanes>(values, (size_t)cells[start + i], head * valueLength, valueLength, to);
      for (size_t k = valueLength; k < valueStride(); k++) to[k] = 0;
    }
  }

  /** A block of keys turned over, (keyStride(), CELLS_PER_BLOCK), so that lanes are cells. Cells beyond `count` are zero. `rows` holds four. */
  void loadTransposed(size_t start, size_t count, size_t head, float* rows, float* block) const {
    const size_t stride = keyStride();
    for (size_t first = 0; first < CELLS_PER_BLOCK; first += 4) {
      for (size_t i = 0; i < 4; i++) {
        float* const row = rows + i * stride;
        const bool isThere = first + i < count;
        if (isThere) loadCell<Lanes>(keys, (size_t)cells[start + first + i], head * headLength, headLength, row);
        for (size_t k = isThere ? headLength : 0; k < stride; k++) row[k] = 0;
      }
      for (size_t column = 0; column < stride; column += Lanes::width) {
        Float four[4];
        for (size_t i = 0; i < 4; i++) four[i] = load<Float>(rows + i * stride + column);
        transposeParts(four);
        for (int item = 0; item < 4; item++) {
          storeParts(four[item], [&](int part) { return block + (column + 4 * part + item) * CELLS_PER_BLOCK + first; });
        }
      }
    }
  }

  /** Ask memory for `length` values from the one at `first` on, of each cell of the block that begins at place `start`. */
  void prefetchBlock(const Buffer& cache, size_t start, size_t end, size_t first, size_t length) const {
    constexpr size_t lineBytes = 64;
    const size_t bytes = bytesOfCells((CacheFormat)cache.format, length);
    const size_t behind = bytesOfCells((CacheFormat)cache.format, first);
    for (size_t place = start; place < end && place < start + CELLS_PER_BLOCK; place++) {
      const uint8_t* const from = cellAt(cache, (size_t)cells[place]) + behind;
      for (size_t at = 0; at < bytes; at += lineBytes) __builtin_prefetch(from + at);
    }
  }

  /** Turn the scores of a row into what each value counts, zero for cells that its token does not see. */
  void takeExponentials(const Tile& tile, size_t row, size_t start, size_t count, float* rowScores, size_t place) const {
    const size_t token = tile.firstToken + row / group;
    const size_t spanFrom = (size_t)spans[2 * token];
    const size_t spanEnd = spanFrom + (size_t)spans[2 * token + 1];
    const size_t from = spanFrom > start ? (spanFrom - start < count ? spanFrom - start : count) : 0;
    const size_t end = spanEnd > start ? (spanEnd - start < count ? spanEnd - start : count) : 0;
    if (from >= end) {
      __builtin_memset(rowScores, 0, count * sizeof(float));
      return;
    }
    for (size_t i = 0; i < from; i++) rowScores[i] = LEAST_SCORE;
    for (size_t i = end; i < CELLS_PER_BLOCK; i++) rowScores[i] = LEAST_SCORE;
    Gathered& state = gathered[place];
    Float greatestLanes = broadcast<Float>(state.greatest);
    eachOfBlock(rowScores, [&](Float score) {
      greatestLanes = score > greatestLanes ? score : greatestLanes;
      return score;
    });
    const float greatest = greatestOf<Lanes>(greatestLanes);
    Float sum = {};
    eachOfBlock(rowScores, [&](Float score) {
      const Float power = exponential<Lanes>(score - greatest);
      sum += power;
      return power;
    });
    if (greatest > state.greatest) rescale(state, greatest, sums + place * valueStride());
    state.sum += sumOf<Lanes>(sum);
  }

  /** Map the scores of a row with a block of cells. */
  template <class Map>
  static void eachOfBlock(float* rowScores, Map map) {
    static_assert(CELLS_PER_BLOCK % Lanes::width == 0);
    for (size_t i = 0; i < CELLS_PER_BLOCK; i += Lanes::width) store(rowScores + i, map(load<Float>(rowScores + i)));
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
      const size_t stretches = (tile.end - tile.from + cellsPerStretch() - 1) / cellsPerStretch();
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
  /** Per thread: blocks of keys, turned over, and of values, (CELLS_PER_BLOCK, stride); four keys; queries and scores of a tile. */
  float* keyBlocks = nullptr;
  float* keyRows = nullptr;
  float* valueBlocks = nullptr;
  float* queryRows = nullptr;
  float* scores = nullptr;
  /** Per row: of each thread, or of each stretch when cells are cut. */
  Gathered* gathered = nullptr;
  float* sums = nullptr;
};

}  // namespace
}  // namespace halftone
