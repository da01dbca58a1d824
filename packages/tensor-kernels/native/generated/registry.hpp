// Made by tools/generate-descriptions.mjs. Do not edit.
#pragma once

#include "../formats/bf16.hpp"
#include "../formats/f16.hpp"
#include "../formats/f32.hpp"
#include "../formats/iq2_k.hpp"
#include "../formats/iq2_ks.hpp"
#include "../formats/iq3_k.hpp"
#include "../formats/iq3_ks.hpp"
#include "../formats/iq4_k.hpp"
#include "../formats/iq4_ks.hpp"
#include "../formats/iq4_kss.hpp"
#include "../formats/iq4_nl.hpp"
#include "../formats/iq4_xs.hpp"
#include "../formats/iq5_k.hpp"
#include "../formats/iq5_ks.hpp"
#include "../formats/iq6_k.hpp"
#include "../formats/q2_K.hpp"
#include "../formats/q3_K.hpp"
#include "../formats/q4_0.hpp"
#include "../formats/q4_1.hpp"
#include "../formats/q4_K.hpp"
#include "../formats/q5_0.hpp"
#include "../formats/q5_1.hpp"
#include "../formats/q5_K.hpp"
#include "../formats/q6_0.hpp"
#include "../formats/q6_K.hpp"
#include "../formats/q8_0.hpp"

/** Calls `one(name)` for every format that has a file in native/formats. */
#define HALFTONE_EACH_FORMAT(one) \
  one(bf16) \
  one(f16) \
  one(f32) \
  one(iq2_k) \
  one(iq2_ks) \
  one(iq3_k) \
  one(iq3_ks) \
  one(iq4_k) \
  one(iq4_ks) \
  one(iq4_kss) \
  one(iq4_nl) \
  one(iq4_xs) \
  one(iq5_k) \
  one(iq5_ks) \
  one(iq6_k) \
  one(q2_K) \
  one(q3_K) \
  one(q4_0) \
  one(q4_1) \
  one(q4_K) \
  one(q5_0) \
  one(q5_1) \
  one(q5_K) \
  one(q6_0) \
  one(q6_K) \
  one(q8_0)
