/**
 * Most bytes that are read or written in one call of the operating system. Node takes a length of 2^31 or more for a mistake, and ends
 * the whole process where it reads; Linux moves no more than 2^31 - 4096 at a time.
 */
export const MAX_BYTES_PER_CALL = 2 ** 30;
