/** The largest finite number that an IEEE 754 binary32 holds. */
export const MAX_F32 = 2 ** 128 - 2 ** 104;
