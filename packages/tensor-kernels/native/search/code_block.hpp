// Codes for a block per lane, and the sums that the best scale for them follows from: the twin of
// packages/quant-formats/src/search/code-block.ts and even-parity.ts.
#pragma once

#include "nearest.hpp"

namespace halftone {
namespace {

/** Weights of as many blocks as there are lanes: entry i holds weight i of each block. */
template <class Lanes>
struct Blocks {
  using Float = typename Lanes::Float;
  const Float* values;
  const Float* errorWeights;
  const Float* weightedValues;
  /** Lanes that hold a block; the others are zeros. */
  int count;
};

/** `sum(w x c)` and `sum(w c c)` of each block. */
template <class Lanes>
struct CodeSums {
  typename Lanes::Float weightCode;
  typename Lanes::Float codeCode;
};

/** The nearest code for each weight. Nothing is stored: `at(i)` works it out. */
template <class Lanes, class Description>
struct NearestCodes {
  using Float = typename Lanes::Float;
  using Coder = NearestCoder<Lanes, Description>;
  const Float* values;
  Float inverseScale;
  Float shift;

  NearestCodes(Blocks<Lanes> blocks, Float inverse, Float blockShift)
      : values(blocks.values), inverseScale(inverse), shift(blockShift) {}
  Nearest<Lanes> at(int i) const { return Coder::nearest(values[i] * inverseScale - shift); }
};

/** The best codes of which every word of four has an even number of set bits: even-parity.ts tells how they are found. */
template <class Lanes, class Description>
struct EvenParityCodes {
  using Float = typename Lanes::Float;
  using Int = typename Lanes::Int;
  using Coder = NearestCoder<Lanes, Description>;
  static constexpr int half = Description::blockLength / 2;

  /** The values of the codes that have an even number of set bits, and of those that have an odd one. */
  template <int Parity>
  struct HalfOfCodebook {
    struct Values {
      float of[8];
    };
    static constexpr Values make() {
      Values values = {};
      int count = 0;
      for (int code = 0; code < 16; code++) {
        if (__builtin_popcount(code) % 2 == Parity) values.of[count++] = Description::codebook[code];
      }
      return values;
    }
    static constexpr Values values = make();
    static constexpr const float (&codebook)[8] = values.of;
  };
  using EvenCoder = GridCoder<Lanes, HalfOfCodebook<0>>;
  using OddCoder = GridCoder<Lanes, HalfOfCodebook<1>>;

  Float chosen[Description::blockLength];

  EvenParityCodes(Blocks<Lanes> blocks, Float inverse, Float shift) {
    for (int first = 0; first < half; first += 2) chooseWord(blocks, first, inverse, shift);
  }
  /** The choice is a value of the codebook, so the nearest to it is itself. */
  Nearest<Lanes> at(int i) const { return {chosen[i], Int{}}; }

 private:
  void chooseWord(Blocks<Lanes> blocks, int first, Float inverse, Float shift) {
    const int places[4] = {first, first + half, first + 1, first + 1 + half};
    Float others[4];
    Int parity = {};
    Float smallestRise = {};
    Int place = {};
    for (int k = 0; k < 4; k++) {
      const int i = places[k];
      const Float target = blocks.values[i] * inverse - shift;
      const Float even = EvenCoder::nearest(target).value;
      const Float odd = OddCoder::nearest(target).value;
      const Float evenOff = target - even;
      const Float oddOff = target - odd;
      const Float rise = oddOff * oddOff - evenOff * evenOff;
      const Int takesOdd = rise < 0.0f;
      const Float weightedRise = blocks.errorWeights[i] * magnitudeOf<Lanes>(rise);
      chosen[i] = takesOdd ? odd : even;
      others[k] = takesOdd ? even : odd;
      parity ^= takesOdd;
      if (k == 0) {
        smallestRise = weightedRise;
      } else {
        const Int isSmaller = weightedRise < smallestRise;
        smallestRise = isSmaller ? weightedRise : smallestRise;
        place = isSmaller ? broadcast<Int>(k) : place;
      }
    }
    for (int k = 0; k < 4; k++) {
      const Int bends = parity & (place == k);
      chosen[places[k]] = bends ? others[k] : chosen[places[k]];
    }
  }
};

template <class Lanes, class Description, bool EvenParity>
struct BlockCodesOf {
  using Type = NearestCodes<Lanes, Description>;
};
template <class Lanes, class Description>
struct BlockCodesOf<Lanes, Description, true> {
  using Type = EvenParityCodes<Lanes, Description>;
};
template <class Lanes, class Description>
using BlockCodes = typename BlockCodesOf<Lanes, Description, Description::evenParity>::Type;

/** Below this a scale counts as zero, so that its inverse is finite. */
template <class Lanes>
inline typename Lanes::Float inverseOf(typename Lanes::Float scale) {
  using Float = typename Lanes::Float;
  return magnitudeOf<Lanes>(scale) < 0x1p-126f ? Float{} : 1.0f / scale;
}

/**
 * The sums over a block: even and odd places apart, each in order. The two of each pair are written out, so that the sums stay in
 * registers.
 */
template <class Lanes, class Description, class Codes>
inline CodeSums<Lanes> sumCodes(Blocks<Lanes> blocks, const Codes& codes, typename Lanes::Float shift) {
  using Float = typename Lanes::Float;
  static_assert(Description::blockLength % 2 == 0);
  CodeSums<Lanes> even = {};
  CodeSums<Lanes> odd = {};
  const auto add = [&](CodeSums<Lanes>& sums, int i) {
    const Float value = codes.at(i).value + shift;
    sums.weightCode += blocks.weightedValues[i] * value;
    sums.codeCode += blocks.errorWeights[i] * value * value;
  };
  for (int i = 0; i < Description::blockLength; i += 2) {
    add(even, i);
    add(odd, i + 1);
  }
  return {even.weightCode + odd.weightCode, even.codeCode + odd.codeCode};
}

/** Choose codes for a block at a scale, and take their sums. */
template <class Lanes, class Description>
inline CodeSums<Lanes> codeBlock(Blocks<Lanes> blocks, typename Lanes::Float scale, typename Lanes::Float shift) {
  const BlockCodes<Lanes, Description> codes(blocks, inverseOf<Lanes>(scale), shift);
  return sumCodes<Lanes, Description>(blocks, codes, shift);
}

/** The same, and leave the codes in `out`: those of weight i of every block from `i * Lanes::width` on. */
template <class Lanes, class Description>
inline CodeSums<Lanes> codeBlock(Blocks<Lanes> blocks, typename Lanes::Float scale, typename Lanes::Float shift,
                                 uint8_t* out) {
  using Coder = NearestCoder<Lanes, Description>;
  const BlockCodes<Lanes, Description> codes(blocks, inverseOf<Lanes>(scale), shift);
  for (int i = 0; i < Description::blockLength; i++) {
    Nearest<Lanes> found = codes.at(i);
    if constexpr (Description::evenParity) found = Coder::nearest(found.value);
    store(out + i * Lanes::width, __builtin_convertvector(Coder::code(found), typename Lanes::Bytes));
  }
  return sumCodes<Lanes, Description>(blocks, codes, shift);
}

}  // namespace
}  // namespace halftone
