import type { FormatDefinition } from './format';
import { formats, type FormatName } from './registry.generated';

/** Whether `text` is the name of a format, as ggml writes it: case counts. */
export function isFormatName(text: string): text is FormatName {
  return Object.hasOwn(formats, text);
}

/** Names of all formats, in the order of their type ids. */
export const formatNames: readonly FormatName[] = Object.keys(formats)
  .filter(isFormatName)
  .sort((a, b) => formats[a].id - formats[b].id);

const byId: ReadonlyMap<number, FormatDefinition<FormatName>> = new Map(
  Object.values(formats).map((format) => [format.id, format]),
);

/** The format with ggml's type id `id`, or `undefined` when we do not know it. */
export function formatById(id: number): FormatDefinition<FormatName> | undefined {
  return byId.get(id);
}
