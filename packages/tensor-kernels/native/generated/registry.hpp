// Made by tools/generate-descriptions.mjs. Do not edit.
#pragma once

#include "../formats/bf16.hpp"
#include "../formats/f16.hpp"
#include "../formats/f32.hpp"
#include "../formats/iq4_k.hpp"
#include "../formats/iq4_ks.hpp"
#include "../formats/iq4_kss.hpp"
#include "../formats/iq4_nl.hpp"
#include "../formats/iq6_k.hpp"
#include "../formats/q5_0.hpp"
#include "../formats/q6_0.hpp"
#include "../formats/q6_K.hpp"
#include "../formats/q8_0.hpp"

/** Calls `one(name)` for every format that has a file in native/formats. */
#define HALFTONE_EACH_FORMAT(one) \
  one(bf16) \
  one(f16) \
  one(f32) \
  one(iq4_k) \
  one(iq4_ks) \
  one(iq4_kss) \
  one(iq4_nl) \
  one(iq6_k) \
  one(q5_0) \
  one(q6_0) \
  one(q6_K) \
  one(q8_0)
