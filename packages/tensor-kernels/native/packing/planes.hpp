// Codes of 256 weights, spread so that one shift and one mask of 32 bytes give 32 neighbouring weights: the twin of
// packages/quant-formats/src/packing/planes.ts, and its inverse. Packing adds bits to fields that are zero; unpacking adds bits to codes.
#pragma once

#include <stdint.h>

namespace halftone {
namespace {

/** The two low bits of code i at bits 2 (i/32 % 4) of byte 32 (i/128) + i%32. */
inline void packTwoBits(const uint8_t* codes, uint8_t* field) {
  for (int i = 0; i < 64; i++) {
    const uint8_t* four = codes + i / 32 * 128 + i % 32;
    field[i] = (uint8_t)((four[0] & 3) | (four[32] & 3) << 2 | (four[64] & 3) << 4 | (four[96] & 3) << 6);
  }
}

inline void unpackTwoBits(const uint8_t* field, uint8_t* codes) {
  for (int run = 0; run < 8; run++) {
    const uint8_t* bytes = field + run / 4 * 32;
    for (int i = 0; i < 32; i++) codes[32 * run + i] = bytes[i] >> (2 * (run % 4)) & 3;
  }
}

/** The four low bits of code i at bits 4 (i/32 % 2) of byte 32 (i/64) + i%32. */
inline void packNibbles(const uint8_t* codes, uint8_t* field) {
  for (int i = 0; i < 128; i++) {
    const uint8_t* two = codes + i / 32 * 64 + i % 32;
    field[i] = (uint8_t)((two[0] & 15) | (two[32] & 15) << 4);
  }
}

inline void unpackNibbles(const uint8_t* field, uint8_t* codes) {
  for (int run = 0; run < 8; run++) {
    const uint8_t* bytes = field + run / 2 * 32;
    for (int i = 0; i < 32; i++) codes[32 * run + i] = bytes[i] >> (4 * (run % 2)) & 15;
  }
}

/** Bit `Bit` of code i at bit i/32 of byte i%32. */
template <int Bit>
inline void packBit(const uint8_t* codes, uint8_t* field) {
  for (int i = 0; i < 32; i++) {
    uint8_t byte = 0;
    for (int k = 0; k < 8; k++) byte = (uint8_t)(byte | (codes[32 * k + i] >> Bit & 1) << k);
    field[i] = byte;
  }
}

template <int Bit>
inline void unpackBit(const uint8_t* field, uint8_t* codes) {
  for (int run = 0; run < 8; run++) {
    for (int i = 0; i < 32; i++) codes[32 * run + i] = (uint8_t)(codes[32 * run + i] | (field[i] >> run & 1) << Bit);
  }
}

/** Number i of 4 bits, two to a byte, the even one first. */
inline int nibbleAt(const uint8_t* field, int i) { return field[i / 2] >> (4 * (i % 2)) & 15; }

}  // namespace
}  // namespace halftone
