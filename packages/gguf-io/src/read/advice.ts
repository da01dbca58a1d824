/** What to do about a file that no correct program writes. */
export const DAMAGED = 'The file is damaged, or a faulty program wrote it: download or convert it again.';

/** What to do about a number beyond a cap of `limits.ts`, each of which is far above all known models. */
export const BEYOND_ANY_MODEL =
  'No known model needs as much, so the number is probably damaged: download or convert the file again.';

/** What to do about two metadata keys, or two tensors, of one name. */
export const NAMES_ARE_UNIQUE = 'Rename or leave out one of the two, or convert the model again.';
