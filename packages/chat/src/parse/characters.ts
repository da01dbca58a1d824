/** White space of any kind. */
export const SPACE = /\s/;

/** What stands in the names of tools; anything else ends one. */
export const NAME_CHARACTER = /[\p{L}\p{N}_.:/-]/u;
