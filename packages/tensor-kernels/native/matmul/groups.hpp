// What groups of columns have beside their codes: scales, with bases or with minima.
#pragma once

#include "fields.hpp"

namespace halftone {
namespace {

template <class Lanes, int Groups>
struct ScaledGroups {
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  static constexpr int groups = Groups;

  GroupVectors<Lanes, groups> scales;

 protected:
  template <class Body>
  [[gnu::always_inline]] static void eachVector(Body body) {
    unroll<Grouping<Lanes, groups>::vectors>(body);
  }

  template <int Vector, class At>
  static Int pick(Constant<Vector>, Words header, At at) {
    return pickBytes<Lanes, groups, Vector>(header, at);
  }

  /** To the left by `Of{}(group)` bits. */
  template <int Vector, class Of>
  static Int shift(Constant<Vector>, Int value, Of of) {
    return Lanes::shiftLeft(value, constantPerGroup<Lanes, groups, Vector>(of));
  }

  /** Sixteen signed bytes, one per group. */
  template <int Vector>
  static Int signedBytes(Constant<Vector> vector, const uint8_t* from) {
    return pick(vector, Lanes::loadEverywhere(from), [](int group, int) { return group; }) >> 24;
  }
};

/** Scales and minima. */
template <class Lanes, class Search>
struct AffineGroups : ScaledGroups<Lanes, SUPER_BLOCK / Search::blockLength> {
  using Int = typename Lanes::Int;
  static constexpr int largestCode = Search::greatestCode;

  GroupVectors<Lanes, AffineGroups::groups> minima;

 protected:
  template <int Vector>
  void set(Constant<Vector>, float superScale, Int multipliers, float superMinimum, Int minimumMultipliers) {
    this->scales.of[Vector] = toFloat<Lanes>(multipliers) * superScale;
    minima.of[Vector] = toFloat<Lanes>(minimumMultipliers) * -superMinimum;
  }
};

/** Scales, and the codebook, counted from its least value. */
template <class Lanes, class Search>
struct CodebookGroups : ScaledGroups<Lanes, SUPER_BLOCK / Search::blockLength> {
  using Int = typename Lanes::Int;
  static constexpr int largestCode = (int)(Search::codebook[lengthOf(Search::codebook) - 1] - Search::codebook[0]);

  GroupVectors<Lanes, CodebookGroups::groups> bases;

 protected:
  template <int Vector>
  void set(Constant<Vector>, float superScale, Int multipliers) {
    this->scales.of[Vector] = toFloat<Lanes>(multipliers) * superScale;
    bases.of[Vector] = broadcast<typename Lanes::Float>(Search::codebook[0]);
  }

  /** `variants`: 0, or 1 where the values of the codebook are shifted. */
  template <int Vector>
  void set(Constant<Vector>, float superScale, Int multipliers, Int variants) {
    const float shift = Search::shifts[1] - Search::shifts[0];
    this->scales.of[Vector] = toFloat<Lanes>(multipliers) * superScale;
    bases.of[Vector] = Search::codebook[0] + toFloat<Lanes>(variants) * shift;
  }
};

/** Ternary weights under the scale of their row, as codes 0, 1 and 2, which the `Field` of their format places. */
template <class Lanes, class Format>
struct TernaryVectors {
  static constexpr int groups = 8;
  static constexpr int largestCode = 3;

  TernaryVectors(const uint8_t* from, float rowScale) : bytes(from) {
    unroll<Grouping<Lanes, groups>::vectors>([&](auto vector) {
      scales.of[vector.value] = broadcast<typename Lanes::Float>(rowScale);
      bases.of[vector.value] = broadcast<typename Lanes::Float>(-1.0f);
    });
  }

  template <int Step>
  StepCodes<Lanes> codes() const {
    return unsignedCodes(fieldOf<Lanes, typename Format::Field, Step>(bytes + Format::At::qs));
  }

  GroupVectors<Lanes, groups> scales;
  GroupVectors<Lanes, groups> bases;
  const uint8_t* bytes;
};

/** The scales of iq4_k and iq5_k: six bits, four and two apart, and the bits of the variants. */
template <class Lanes, class Format>
struct SixBitScales : CodebookGroups<Lanes, typename Format::Search> {
  explicit SixBitScales(const uint8_t* from) {
    using At = typename Format::At;
    const float superScale = f16ToF32(read<uint16_t>(from + At::d));
    const auto header = Lanes::loadEverywhere(from);
    this->eachVector([&](auto vector) {
      const auto fields = this->pick(vector, header, [](int group, int byte) {
        return byte == 0 ? At::scales_l + group / 2 : byte == 1 ? At::scales_h + group / 4 : At::extra + group / 8;
      });
      // Each field is brought to one place by a shift of its own, and from there to where it counts.
      const auto low = this->shift(vector, fields, [](int group) { return 4 - 4 * (group % 2); }) >> 4 & 15;
      const auto high = this->shift(vector, fields, [](int group) { return 6 - 2 * (group % 4); }) >> 10 & 48;
      const auto variant = this->shift(vector, fields, [](int group) { return 7 - group % 8; }) >> 23 & 1;
      this->set(vector, superScale, (low | high) + Format::Search::leastMultiplier, variant);
    });
  }
};

/** The scales of iq4_ks and iq5_ks: seven bits, and the variant in the lowest one. */
template <class Lanes, class Format>
struct SevenBitScales : CodebookGroups<Lanes, typename Format::Search> {
  SevenBitScales(const uint8_t* from, float rowScale) {
    const auto header = Lanes::loadEverywhere(from + Format::At::scales);
    this->eachVector([&](auto vector) {
      const auto scale = this->pick(vector, header, [](int group, int) { return group; });
      this->set(vector, rowScale, (scale & 254) + Format::Search::leastMultiplier, scale & 1);
    });
  }
};

/** The scales and minima of q4_K and q5_K, as packing/scales_k.hpp has them. */
template <class Lanes, class Format>
struct ScalesOfK : AffineGroups<Lanes, typename Format::Search> {
  explicit ScalesOfK(const uint8_t* from) {
    using Int = typename Lanes::Int;
    using At = typename Format::At;
    const float superScale = f16ToF32(read<uint16_t>(from + At::d));
    const float superMinimum = f16ToF32(read<uint16_t>(from + At::dmin));
    const auto header = Lanes::loadEverywhere(from + At::scales);
    this->eachVector([&](auto vector) {
      const Int fields = this->pick(vector, header, [](int group, int byte) { return byte < 3 ? 4 * byte + group % 4 : NONE; });
      const Int isUpper = constantPerGroup<Lanes, 8, vector.value>([](int group) { return group < 4 ? 0 : -1; });
      // The first four are whole; of the others four bits are together, and two stand above those of the first.
      const auto six = [&](Int whole, Int low) { return (~isUpper & whole & 63) | (isUpper & ((low & 15) | (whole >> 2 & 48))); };
      this->set(vector, superScale, six(fields & 255, fields >> 16), superMinimum, six(fields >> 8 & 255, fields >> 20));
    });
  }
};

}  // namespace
}  // namespace halftone
