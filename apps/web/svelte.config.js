/** Warnings that are none here, for the compiler and for its check. */
const notHere = new Set([
  // What scrolls by itself is scrolled with the keyboard too, and a field is ready for whoever opened it.
  'a11y_no_noninteractive_tabindex',
  'a11y_autofocus',
]);

/** @type {import('svelte/compiler').CompileOptions} */
const compilerOptions = { warningFilter: ({ code }) => !notHere.has(code) };

export default { compilerOptions };
