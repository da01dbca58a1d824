// Made by tools/generate-descriptions.mjs. Do not edit.
#pragma once

namespace halftone::description {

struct f32 {
  static constexpr int blockLength = 1;
  static constexpr int bytesPerBlock = 4;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
  };
};

struct f16 {
  static constexpr int blockLength = 1;
  static constexpr int bytesPerBlock = 2;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
  };
};

struct q4_0 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 18;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qs = 2;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -8.0f, -7.0f, -6.0f, -5.0f, -4.0f, -3.0f, -2.0f, -1.0f,
      0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f,
    };
    static constexpr bool isUniform = true;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -9.0f, -8.625f, -8.25f, -8.0f, -7.75f, -7.25f, -6.75f, -6.25f,
      -5.75f, 6.5f,
    };
    static constexpr bool hasMultipliers = false;
    static constexpr int leastMultiplier = 1;
    static constexpr int greatestMultiplier = 1;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct q4_1 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 20;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int m = 2;
    static constexpr int qs = 4;
  };
  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = 32;
    static constexpr int greatestCode = 15;
    static constexpr bool hasMultipliers = false;
    static constexpr int greatestMultiplier = 1;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
    static constexpr float leastPlaces[] = {
      -0.3f, 0.6f, -0.3f, 0.3f, 0.3f, -0.3f, -0.6f, 0.6f,
    };
    static constexpr float greatestPlaces[] = {
      15.3f, 15.3f, 15.0f, 15.3f, 14.4f, 15.6f, 15.0f, 15.0f,
    };
  };
};

struct q5_0 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 22;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qh = 2;
    static constexpr int qs = 6;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -16.0f, -15.0f, -14.0f, -13.0f, -12.0f, -11.0f, -10.0f, -9.0f,
      -8.0f, -7.0f, -6.0f, -5.0f, -4.0f, -3.0f, -2.0f, -1.0f,
      0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f,
      8.0f, 9.0f, 10.0f, 11.0f, 12.0f, 13.0f, 14.0f, 15.0f,
    };
    static constexpr bool isUniform = true;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -17.0f, -16.625f, -16.25f, -16.0f, -15.75f, -15.25f, -14.875f, -14.25f,
      -13.875f, -13.25f, -12.875f, -12.25f,
    };
    static constexpr bool hasMultipliers = false;
    static constexpr int leastMultiplier = 1;
    static constexpr int greatestMultiplier = 1;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct q5_1 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 24;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int m = 2;
    static constexpr int qh = 4;
    static constexpr int qs = 8;
  };
  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = 32;
    static constexpr int greatestCode = 31;
    static constexpr bool hasMultipliers = false;
    static constexpr int greatestMultiplier = 1;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
    static constexpr float leastPlaces[] = {
      0.0f, -0.3f, 0.6f, 0.0f, 0.6f, 0.3f, 0.6f, -0.6f,
    };
    static constexpr float greatestPlaces[] = {
      31.3f, 31.0f, 31.3f, 30.4f, 31.0f, 31.0f, 30.4f, 32.0f,
    };
  };
};

struct q8_0 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 34;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qs = 2;
  };
};

struct q2_K {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 84;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int scales = 0;
    static constexpr int qs = 16;
    static constexpr int d = 80;
    static constexpr int dmin = 82;
  };
  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = 16;
    static constexpr int greatestCode = 3;
    static constexpr bool hasMultipliers = true;
    static constexpr int greatestMultiplier = 15;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
    static constexpr float leastPlaces[] = {
      -0.3f, 0.0f, -0.6f, -0.3f, 0.3f, -0.6f, 0.0f, -0.6f,
    };
    static constexpr float greatestPlaces[] = {
      3.3f, 3.6f, 3.0f, 3.0f, 3.3f, 4.0f, 2.4f, 3.3f,
    };
  };
};

struct q3_K {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 110;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int hmask = 0;
    static constexpr int qs = 32;
    static constexpr int scales = 96;
    static constexpr int d = 108;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -4.0f, -3.0f, -2.0f, -1.0f, 0.0f, 1.0f, 2.0f, 3.0f,
    };
    static constexpr bool isUniform = true;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -4.1875f, -3.1875f, -4.625f, -3.875f, 3.5f, 2.5f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -32;
    static constexpr int greatestMultiplier = 31;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct q4_K {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 144;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int dmin = 2;
    static constexpr int scales = 4;
    static constexpr int qs = 16;
  };
  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = 32;
    static constexpr int greatestCode = 15;
    static constexpr bool hasMultipliers = true;
    static constexpr int greatestMultiplier = 63;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
    static constexpr float leastPlaces[] = {
      -0.3f, -0.3f, 0.3f, 0.0f, 0.0f, -0.6f, 0.0f, 0.6f,
    };
    static constexpr float greatestPlaces[] = {
      15.3f, 14.7f, 15.3f, 14.4f, 15.0f, 15.6f, 15.6f, 15.0f,
    };
  };
};

struct q5_K {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 176;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int dmin = 2;
    static constexpr int scales = 4;
    static constexpr int qh = 16;
    static constexpr int qs = 48;
  };
  struct Search {
    static constexpr bool hasMinima = true;
    static constexpr int blockLength = 32;
    static constexpr int greatestCode = 31;
    static constexpr bool hasMultipliers = true;
    static constexpr int greatestMultiplier = 63;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
    static constexpr float leastPlaces[] = {
      0.0f, 0.6f, -0.3f, 0.3f, 0.6f, 0.0f, -0.3f, -1.0f,
    };
    static constexpr float greatestPlaces[] = {
      31.0f, 31.3f, 30.7f, 31.3f, 30.4f, 30.4f, 32.0f, 30.4f,
    };
  };
};

struct q6_K {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 210;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int ql = 0;
    static constexpr int qh = 128;
    static constexpr int scales = 192;
    static constexpr int d = 208;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -32.0f, -31.0f, -30.0f, -29.0f, -28.0f, -27.0f, -26.0f, -25.0f,
      -24.0f, -23.0f, -22.0f, -21.0f, -20.0f, -19.0f, -18.0f, -17.0f,
      -16.0f, -15.0f, -14.0f, -13.0f, -12.0f, -11.0f, -10.0f, -9.0f,
      -8.0f, -7.0f, -6.0f, -5.0f, -4.0f, -3.0f, -2.0f, -1.0f,
      0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f,
      8.0f, 9.0f, 10.0f, 11.0f, 12.0f, 13.0f, 14.0f, 15.0f,
      16.0f, 17.0f, 18.0f, 19.0f, 20.0f, 21.0f, 22.0f, 23.0f,
      24.0f, 25.0f, 26.0f, 27.0f, 28.0f, 29.0f, 30.0f, 31.0f,
    };
    static constexpr bool isUniform = true;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -32.5f, -32.0f, -31.75f, -31.25f, -30.75f, -29.0f, -28.0f, -27.0f,
      -25.0f, -24.0f, 26.0f, 30.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -128;
    static constexpr int greatestMultiplier = 127;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq4_nl {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 18;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qs = 2;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -127.0f, -104.0f, -83.0f, -65.0f, -49.0f, -35.0f, -22.0f, -10.0f,
      1.0f, 13.0f, 25.0f, 38.0f, 53.0f, 69.0f, 89.0f, 113.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -143.0f, -137.0f, -131.0f, -126.0f, -121.0f, -108.0f, -101.0f, -91.0f,
      90.0f, 110.0f, 115.0f, 122.0f,
    };
    static constexpr bool hasMultipliers = false;
    static constexpr int leastMultiplier = 1;
    static constexpr int greatestMultiplier = 1;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq4_xs {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 136;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int scales_h = 2;
    static constexpr int scales_l = 4;
    static constexpr int qs = 8;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -127.0f, -104.0f, -83.0f, -65.0f, -49.0f, -35.0f, -22.0f, -10.0f,
      1.0f, 13.0f, 25.0f, 38.0f, 53.0f, 69.0f, 89.0f, 113.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -130.0f, 119.0f, -123.0f, -137.0f, -108.0f, 113.0f, -114.0f, 127.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -32;
    static constexpr int greatestMultiplier = 31;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct bf16 {
  static constexpr int blockLength = 1;
  static constexpr int bytesPerBlock = 2;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
  };
};

struct q6_0 {
  static constexpr int blockLength = 32;
  static constexpr int bytesPerBlock = 26;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qh = 2;
    static constexpr int qs = 10;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -32.0f, -31.0f, -30.0f, -29.0f, -28.0f, -27.0f, -26.0f, -25.0f,
      -24.0f, -23.0f, -22.0f, -21.0f, -20.0f, -19.0f, -18.0f, -17.0f,
      -16.0f, -15.0f, -14.0f, -13.0f, -12.0f, -11.0f, -10.0f, -9.0f,
      -8.0f, -7.0f, -6.0f, -5.0f, -4.0f, -3.0f, -2.0f, -1.0f,
      0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f,
      8.0f, 9.0f, 10.0f, 11.0f, 12.0f, 13.0f, 14.0f, 15.0f,
      16.0f, 17.0f, 18.0f, 19.0f, 20.0f, 21.0f, 22.0f, 23.0f,
      24.0f, 25.0f, 26.0f, 27.0f, 28.0f, 29.0f, 30.0f, 31.0f,
    };
    static constexpr bool isUniform = true;
    static constexpr float shifts[] = {
      0.0f,
    };
    static constexpr float probes[] = {
      -33.25f, -32.5f, -32.25f, -32.0f, -31.75f, -31.25f, -29.0f, -28.0f,
      26.0f, 27.0f, 29.75f, 30.25f, 30.75f, 31.0f,
    };
    static constexpr bool hasMultipliers = false;
    static constexpr int leastMultiplier = 1;
    static constexpr int greatestMultiplier = 1;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq2_k {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 76;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 2;
    static constexpr int scales = 4;
    static constexpr int qs = 12;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -31.0f, -13.0f, 1.0f, 17.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 5.0f,
    };
    static constexpr float probes[] = {
      -36.0f, -30.0f, 20.0f, 17.0f, -26.0f, 12.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -8;
    static constexpr int greatestMultiplier = 7;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq3_k {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 110;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 2;
    static constexpr int scales_h = 4;
    static constexpr int scales_l = 6;
    static constexpr int qs = 14;
    static constexpr int qh = 78;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -63.0f, -40.0f, -23.0f, -10.0f, 1.0f, 13.0f, 28.0f, 47.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 4.0f,
    };
    static constexpr float probes[] = {
      -66.0f, 55.0f, -57.0f, -73.0f, 46.0f, -42.0f, -63.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -31;
    static constexpr int greatestMultiplier = 31;
    static constexpr int multiplierStep = 2;
    static constexpr bool evenParity = false;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq4_k {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 144;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 2;
    static constexpr int scales_h = 4;
    static constexpr int scales_l = 8;
    static constexpr int qs = 16;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -127.0f, -104.0f, -83.0f, -65.0f, -49.0f, -35.0f, -22.0f, -10.0f,
      1.0f, 13.0f, 25.0f, 38.0f, 53.0f, 69.0f, 89.0f, 113.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 4.0f,
    };
    static constexpr float probes[] = {
      -132.0f, -126.0f, -122.0f, -106.0f, -90.0f, 92.0f, 112.0f, 120.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -32;
    static constexpr int greatestMultiplier = 31;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq5_k {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 176;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 2;
    static constexpr int scales_h = 4;
    static constexpr int scales_l = 8;
    static constexpr int qs = 16;
    static constexpr int qh = 144;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -126.0f, -114.0f, -103.0f, -92.0f, -83.0f, -74.0f, -65.0f, -57.0f,
      -50.0f, -43.0f, -36.0f, -30.0f, -24.0f, -18.0f, -12.0f, -6.0f,
      -1.0f, 5.0f, 11.0f, 17.0f, 23.0f, 29.0f, 36.0f, 43.0f,
      51.0f, 59.0f, 68.0f, 77.0f, 87.0f, 97.0f, 109.0f, 121.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 2.0f,
    };
    static constexpr float probes[] = {
      -126.0f, 123.0f, 109.0f, -113.0f, 97.0f, 117.0f, -93.0f, -107.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -32;
    static constexpr int greatestMultiplier = 31;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq6_k {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 212;
  static constexpr int rowPrefixBytes = 0;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 2;
    static constexpr int scales = 4;
    static constexpr int qs = 20;
    static constexpr int qh = 148;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 16;
    static constexpr float codebook[] = {
      -127.0f, -120.85417938232422f, -114.92554473876953f, -109.20689392089844f, -103.69105529785156f, -98.370849609375f, -93.23908233642578f, -88.28858184814453f,
      -83.51215362548828f, -78.90261840820312f, -74.45279693603516f, -70.15550994873047f, -66.00355529785156f, -61.98977279663086f, -58.10696029663086f, -54.34794998168945f,
      -50.70555114746094f, -47.172569274902344f, -43.741844177246094f, -40.40618133544922f, -37.15839385986328f, -33.991302490234375f, -30.897735595703125f, -27.8704833984375f,
      -24.902381896972656f, -21.986248016357422f, -19.114887237548828f, -16.2811279296875f, -13.477775573730469f, -10.69765853881836f, -7.933594703674316f, -5.178386688232422f,
      -2.42486572265625f, 0.33415865898132324f, 3.1058778762817383f, 5.897450923919678f, 8.716085433959961f, 11.56895637512207f, 14.463247299194336f, 17.4061336517334f,
      20.404804229736328f, 23.466445922851562f, 26.598237991333008f, 29.8073673248291f, 33.10100555419922f, 36.486358642578125f, 39.970584869384766f, 43.56087875366211f,
      47.264427185058594f, 51.088409423828125f, 55.04001235961914f, 59.12640380859375f, 63.354793548583984f, 67.73233795166016f, 72.2662353515625f, 76.96366882324219f,
      81.83180236816406f, 86.87783813476562f, 92.10897827148438f, 97.53236389160156f, 103.15520477294922f, 108.98468017578125f, 115.02796936035156f, 121.29226684570312f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 1.0f,
    };
    static constexpr float probes[] = {
      -128.0f, -126.0f, -122.0f, -120.0f, -114.0f, -110.0f, 104.0f, 110.0f,
      116.0f, 122.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -128;
    static constexpr int greatestMultiplier = 127;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq4_ks {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 136;
  static constexpr int rowPrefixBytes = 4;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int scales = 0;
    static constexpr int qs = 8;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -127.0f, -104.0f, -83.0f, -65.0f, -49.0f, -35.0f, -22.0f, -10.0f,
      1.0f, 13.0f, 25.0f, 38.0f, 53.0f, 69.0f, 89.0f, 113.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 4.0f,
    };
    static constexpr float probes[] = {
      -136.0f, -132.0f, -128.0f, -122.0f, -108.0f, 112.0f, 120.0f, 126.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -127;
    static constexpr int greatestMultiplier = 127;
    static constexpr int multiplierStep = 2;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = false;
    static constexpr float largestSuperScale = 2.109754360191952e34f;
    static constexpr float smallestSuperScale = 1.401298464324817e-45f;
  };
};

struct iq2_ks {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 70;
  static constexpr int rowPrefixBytes = 2;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 0;
    static constexpr int scales = 2;
    static constexpr int qs = 6;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -31.0f, -13.0f, 1.0f, 17.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 5.0f,
    };
    static constexpr float probes[] = {
      -36.0f, -32.0f, 20.0f, 17.0f, -26.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -16;
    static constexpr int greatestMultiplier = 15;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

struct iq4_kss {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 128;
  static constexpr int rowPrefixBytes = 4;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int qs = 0;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -127.0f, -104.0f, -83.0f, -65.0f, -49.0f, -35.0f, -22.0f, -10.0f,
      1.0f, 13.0f, 25.0f, 38.0f, 53.0f, 69.0f, 89.0f, 113.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 4.0f,
    };
    static constexpr float probes[] = {
      -142.0f, -134.0f, -128.0f, -122.0f, -106.0f, 112.0f, 120.0f, 128.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -127;
    static constexpr int greatestMultiplier = 127;
    static constexpr int multiplierStep = 2;
    static constexpr bool evenParity = true;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = false;
    static constexpr float largestSuperScale = 2.109754360191952e34f;
    static constexpr float smallestSuperScale = 1.401298464324817e-45f;
  };
};

struct iq5_ks {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 168;
  static constexpr int rowPrefixBytes = 4;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int scales = 0;
    static constexpr int qs = 8;
    static constexpr int qh = 136;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -126.0f, -114.0f, -103.0f, -92.0f, -83.0f, -74.0f, -65.0f, -57.0f,
      -50.0f, -43.0f, -36.0f, -30.0f, -24.0f, -18.0f, -12.0f, -6.0f,
      -1.0f, 5.0f, 11.0f, 17.0f, 23.0f, 29.0f, 36.0f, 43.0f,
      51.0f, 59.0f, 68.0f, 77.0f, 87.0f, 97.0f, 109.0f, 121.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 2.0f,
    };
    static constexpr float probes[] = {
      -126.0f, 123.0f, -129.0f, -113.0f, -122.0f, 109.0f, 117.0f, 121.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -127;
    static constexpr int greatestMultiplier = 127;
    static constexpr int multiplierStep = 2;
    static constexpr bool evenParity = false;
    static constexpr float growth = 1.0f;
    static constexpr bool storesF16 = false;
    static constexpr float largestSuperScale = 2.1264982419873105e34f;
    static constexpr float smallestSuperScale = 1.401298464324817e-45f;
  };
};

struct iq3_ks {
  static constexpr int blockLength = 256;
  static constexpr int bytesPerBlock = 102;
  static constexpr int rowPrefixBytes = 2;
  /** Byte offsets of the fields. */
  struct At {
    static constexpr int d = 0;
    static constexpr int extra = 0;
    static constexpr int scales = 2;
    static constexpr int qs = 6;
    static constexpr int qh = 70;
  };
  struct Search {
    static constexpr bool hasMinima = false;
    static constexpr int blockLength = 32;
    static constexpr float codebook[] = {
      -63.0f, -40.0f, -23.0f, -10.0f, 1.0f, 13.0f, 28.0f, 47.0f,
    };
    static constexpr bool isUniform = false;
    static constexpr float shifts[] = {
      0.0f, 4.0f,
    };
    static constexpr float probes[] = {
      -68.0f, 55.0f, -61.0f, -73.0f, -57.0f, 48.0f, -71.0f,
    };
    static constexpr bool hasMultipliers = true;
    static constexpr int leastMultiplier = -16;
    static constexpr int greatestMultiplier = 15;
    static constexpr int multiplierStep = 1;
    static constexpr bool evenParity = false;
    static constexpr float growth = 0.0f;
    static constexpr bool storesF16 = true;
    static constexpr float largestSuperScale = 65504.0f;
    static constexpr float smallestSuperScale = 5.960464477539063e-8f;
  };
};

}  // namespace halftone::description
