// Codes for a block per lane and the sums of them, and what suits the sums best: the twin of code-block.ts and fit.ts in
// packages/quant-formats/src/search/affine.
#pragma once

#include "../code_block.hpp"
#include "workspace.hpp"

namespace halftone {
namespace {

/** The whole number from 0 to `greatest` nearest to each target, ties to even. */
template <class Lanes>
inline typename Lanes::Float nearestWhole(typename Lanes::Float target, float greatest) {
  return clamp<Lanes>(target, 0, greatest) + ROUND_TO_WHOLE - ROUND_TO_WHOLE;
}

/** Choose codes for a block at a scale and a minimum, hand them to `eachCode`, and take their sums: even and odd places apart. */
template <class Lanes, class Description, class EachCode>
inline AffineSums<typename Lanes::Float> codeAffine(const AffineWorkspace<Lanes, Description>& work, size_t group,
                                                    AffineFit<typename Lanes::Float> at, EachCode eachCode) {
  using Float = typename Lanes::Float;
  const size_t first = group * Description::blockLength;
  const Float inverse = inverseOf<Lanes>(at.scale);
  Float codeCode[2] = {};
  Float codeSum[2] = {};
  Float weightCode[2] = {};
  for (int i = 0; i < Description::blockLength; i++) {
    const Float code = nearestWhole<Lanes>((work.values[first + i] + at.minimum) * inverse, Description::greatestCode);
    const Float weighted = work.errorWeights[first + i] * code;
    codeCode[i % 2] += weighted * code;
    codeSum[i % 2] += weighted;
    weightCode[i % 2] += work.weightedValues[first + i] * code;
    eachCode(i, code);
  }
  return {codeCode[0] + codeCode[1], codeSum[0] + codeSum[1], work.weightSums[group], weightCode[0] + weightCode[1],
          work.valueSums[group]};
}

/** Below this part of the product of its diagonal a determinant is but rounding. */
constexpr float LEAST_DETERMINANT = 0x1p-17f;

/** The best scale and minimum for some codes, of one block or of a lane each; a minimum below zero becomes zero unless `AnySign`. */
template <bool AnySign, class Float>
inline AffineFit<Float> fitAffine(const AffineSums<Float>& sums) {
  const Float zero = {};
  const Float diagonal = sums.codeCode * sums.weight;
  const Float determinant = diagonal - sums.code * sums.code;
  const Float scale = (sums.weightCode * sums.weight - sums.value * sums.code) / determinant;
  const Float minimum = (sums.weightCode * sums.code - sums.value * sums.codeCode) / determinant;
  const auto isRegular = determinant > diagonal * LEAST_DETERMINANT;
  const auto isAllowed = AnySign ? isRegular : isRegular & (minimum >= zero);
  const Float alone = sums.weight == zero ? zero : -sums.value / sums.weight;
  const Float allowedAlone = AnySign ? alone : alone > zero ? alone : zero;
  const auto hasCodes = sums.codeCode != zero;
  const Float otherScale = hasCodes ? sums.weightCode / sums.codeCode : zero;
  const Float otherMinimum = hasCodes ? zero : allowedAlone;
  return {isAllowed ? scale : otherScale, isAllowed ? minimum : otherMinimum};
}

/** How much less than that of zeros the square error is. */
template <class Float>
inline Float affineGain(const AffineSums<Float>& sums, const AffineFit<Float>& at) {
  const Float ofScale = at.scale * (2.0f * sums.weightCode - at.scale * sums.codeCode);
  const Float both = 2.0f * sums.value - 2.0f * at.scale * sums.code;
  return ofScale - at.minimum * (both + at.minimum * sums.weight);
}

}  // namespace
}  // namespace halftone
