/** Words that say nothing of values: those of JSON Schema, of OpenAPI, and what programs that make schemas of types write. */
const annotations: ReadonlySet<string> = new Set([
  ...['title', 'description', 'default', 'examples', '$comment', 'deprecated', 'readOnly', 'writeOnly'],
  ...['$schema', '$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor', '$vocabulary'],
  ...['contentMediaType', 'contentEncoding', 'contentSchema'],
  // OpenAPI. What `discriminator` says, the branches of its `oneOf` say too.
  ...['example', 'discriminator', 'externalDocs', 'xml'],
  // zod-to-json-schema, and Google's functions.
  ...['markdownDescription', 'errorMessage', 'propertyOrdering'],
]);

/** Whether a word says nothing of values. */
export function isAnnotation(word: string): boolean {
  return annotations.has(word) || word.startsWith('x-');
}
