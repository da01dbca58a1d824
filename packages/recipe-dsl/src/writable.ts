import { formatNames, formats, isFormatName, type FormatName } from '@halftone/quant-formats';

/** Names of the formats that can be written, in the order of ggml's type ids. */
export const writableNames: readonly FormatName[] = formatNames.filter(
  (name) => formats[name].encodeRow !== undefined,
);

/** Whether `name` is the name of a format that can be written. */
export function isWritable(name: string): name is FormatName {
  return isFormatName(name) && writableNames.includes(name);
}
