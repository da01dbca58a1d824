// Codes that lie in fields of bits: some bits of a code stand in one byte, the others in another. A field tells of each run of 32 columns
// and each half of it which sixteen bytes hold its bits, one column each, and where in these bytes they stand.
#pragma once

#include "unpack.hpp"

namespace halftone {
namespace {

/** The fields of packing/planes.hpp. */
struct FourBitField {
  static constexpr int bits = 4;
  static constexpr int byteOf(int run, int half) { return run / 2 * 32 + 16 * half; }
  static constexpr int bitOf(int run, int) { return run % 2 * 4; }
};
struct TwoBitField {
  static constexpr int bits = 2;
  static constexpr int byteOf(int run, int half) { return run / 4 * 32 + 16 * half; }
  static constexpr int bitOf(int run, int) { return run % 4 * 2; }
};
struct OneBitField {
  static constexpr int bits = 1;
  static constexpr int byteOf(int, int half) { return 16 * half; }
  static constexpr int bitOf(int run, int) { return run; }
};

/** The codes of a step, or parts of them, as bytes in the order of columns: the two halves of its runs. */
template <class Lanes>
struct StepBytes {
  typename Lanes::Words of[2];
};

/** The bits of one half of the runs of a step, from bit `Place` of each byte on; its other bits are zero. */
template <class Lanes, class Field, int Step, int Half, int Place>
inline typename Lanes::Words halfOfField(const uint8_t* bytes) {
  using Int = typename Lanes::Int;
  using Words = typename Lanes::Words;
  constexpr int firstRun = Step * Lanes::parts;
  constexpr int lastRun = firstRun + Lanes::parts - 1;
  constexpr bool isSame = Field::byteOf(firstRun, Half) == Field::byteOf(lastRun, Half);
  const auto at = [&](int part) { return bytes + Field::byteOf(firstRun + part, Half); };
  const Words loaded = isSame ? Lanes::loadEverywhere(at(0)) : loadParts<Words>(at);
  // A shift of its own for each part brings the bits to the top of each byte; those of neighbours stay below them.
  const auto toTop = constantPerRun<Lanes, Step>([](int run) { return 8 - Field::bits - Field::bitOf(run, Half); });
  constexpr int kept = ((1 << Field::bits) - 1) << Place;
  return (Words)Lanes::shiftLeft((Int)loaded, toTop) >> (8 - Field::bits - Place) & (uint16_t)(kept * 0x101);
}

template <class Lanes, class Field, int Step, int Place = 0>
inline StepBytes<Lanes> fieldOf(const uint8_t* bytes) {
  return {halfOfField<Lanes, Field, Step, 0, Place>(bytes), halfOfField<Lanes, Field, Step, 1, Place>(bytes)};
}

template <class Lanes>
inline StepBytes<Lanes> operator|(const StepBytes<Lanes>& a, const StepBytes<Lanes>& b) {
  return {a.of[0] | b.of[0], a.of[1] | b.of[1]};
}

template <class Lanes>
inline StepCodes<Lanes> unsignedCodes(const StepBytes<Lanes>& bytes) {
  return unsignedCodes<Lanes>(bytes.of[0], bytes.of[1]);
}

/** Codes of two bits. */
template <class Lanes, int Step>
inline StepBytes<Lanes> codesOfTwoBits(const uint8_t* low) {
  return fieldOf<Lanes, TwoBitField, Step>(low);
}
/** Codes of three bits: two, and the highest. */
template <class Lanes, int Step>
inline StepBytes<Lanes> codesOfThreeBits(const uint8_t* low, const uint8_t* high) {
  return fieldOf<Lanes, TwoBitField, Step>(low) | fieldOf<Lanes, OneBitField, Step, 2>(high);
}
/** Codes of five bits: four, and the highest. */
template <class Lanes, int Step>
inline StepBytes<Lanes> codesOfFiveBits(const uint8_t* low, const uint8_t* high) {
  return fieldOf<Lanes, FourBitField, Step>(low) | fieldOf<Lanes, OneBitField, Step, 4>(high);
}
/** Codes of six bits: four, which `Low` places, and the two highest. */
template <class Lanes, class Low, int Step>
inline StepBytes<Lanes> codesOfSixBits(const uint8_t* low, const uint8_t* high) {
  return fieldOf<Lanes, Low, Step>(low) | fieldOf<Lanes, TwoBitField, Step, 4>(high);
}

}  // namespace
}  // namespace halftone
