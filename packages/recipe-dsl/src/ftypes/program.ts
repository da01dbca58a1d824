/**
 * The programs whose mixtures a plan can follow, each with the types it knows. A file for the users of one should hold no type
 * that it does not know.
 */
export const PROGRAMS = ['ik_llama.cpp', 'llama.cpp'] as const;

/** A program whose mixtures a plan can follow. */
export type Program = (typeof PROGRAMS)[number];
