// iq4_kss: iq4_ks in 4 bits per weight, its scales in the words of its codes. packages/quant-formats/src/formats/iq4_kss.ts draws
// the block.
#pragma once

#include "../matmul/codebook.hpp"
#include "../rows.hpp"

namespace halftone {
namespace {

struct iq4_kss : description::iq4_kss {
  static void pack(const Block& block, uint8_t* out) {
    for (int word = 0; word < 64; word++) {
      const int b = word / 8;
      const int scale = (block.multipliers[b] - Search::leastMultiplier) | block.variants[b];
      const uint8_t* codes = block.codes + 32 * b + 2 * (word % 8);
      const uint16_t indices = (uint16_t)(codes[0] | codes[16] << 4 | codes[1] << 8 | codes[17] << 12);
      write(out + At::qs + 2 * word, (uint16_t)(undoXorWithHalf(indices) | (scale >> (word % 8) & 1)));
    }
  }

  static void unpack(const uint8_t* bytes, UnpackedBlock& block) {
    for (int b = 0; b < 8; b++) {
      int scale = 0;
      for (int k = 0; k < 8; k++) {
        const uint16_t word = read<uint16_t>(bytes + At::qs + 16 * b + 2 * k);
        const uint16_t coded = word & 0xfffe;
        const int indices = coded ^ coded >> 1;
        uint8_t* codes = block.codes + 32 * b + 2 * k;
        scale |= (word & 1) << k;
        codes[0] = indices & 15;
        codes[16] = indices >> 4 & 15;
        codes[1] = indices >> 8 & 15;
        codes[17] = (uint8_t)(indices >> 12);
      }
      block.multipliers[b] = (int16_t)((scale & 254) + Search::leastMultiplier);
      block.variants[b] = scale & 1;
    }
  }

  template <class Lanes>
  struct Vectors : CodebookGroups<Lanes, Search> {
    using Words = typename Lanes::Words;
    using Int = typename Lanes::Int;

    Vectors(const uint8_t* from, float rowScale) : bytes(from) {
      this->eachVector([&](auto vector) {
        const Int scale = scalesOf<vector.value>();
        this->set(vector, rowScale, (scale & 254) + Search::leastMultiplier, scale & 1);
      });
    }

    template <int Step>
    StepCodes<Lanes> codes() const {
      const Words coded = words<Step>() & 0xfffe;
      return lookUpNibbles<Lanes, Search>(coded ^ coded >> 1);
    }

   private:
    template <int Step>
    Words words() const {
      return load<Words>(bytes + At::qs + 4 * Lanes::width * Step);
    }

    /** The lowest bits of the words of each run: they are the bits of its scale. */
    template <int Vector>
    Int scalesOf() const {
      if constexpr (requires(Words words) { Lanes::lowestBits(words); }) {
        static_assert(STEPS<Lanes> == 2);
        const uint64_t bits = (uint64_t)Lanes::lowestBits(words<1>()) << 32 | Lanes::lowestBits(words<0>());
        return this->pick(Constant<Vector>{}, (Words)broadcast<typename Lanes::Longs>(bits), [](int group, int) { return group; });
      } else {
        return productsWithPowers<Vector>();
      }
    }

    /** The same, by products with the powers of two that they stand for. */
    template <int Vector>
    Int productsWithPowers() const {
      const Words powers = constantPerWord<Lanes>([](int word) { return 1 << word; });
      Int sums[4] = {};
      unroll<STEPS<Lanes> < 4 ? STEPS<Lanes> : 4>([&](auto step) {
        sums[step.value] = Lanes::total(Lanes::addPairs(typename Lanes::PairSums{}, words<4 * Vector + step.value>() & 1, powers));
      });
      transposeParts(sums);
      return (sums[0] + sums[1]) + (sums[2] + sums[3]);
    }

    const uint8_t* bytes;
  };

 private:
  /** The 16 bits v of which `v ^ (v >> 1)` is `word`: bit i of v is the parity of bits i and up. */
  static uint16_t undoXorWithHalf(uint16_t word) {
    int v = word ^ word >> 1;
    v ^= v >> 2;
    v ^= v >> 4;
    return (uint16_t)(v ^ v >> 8);
  }
};

}  // namespace
}  // namespace halftone
