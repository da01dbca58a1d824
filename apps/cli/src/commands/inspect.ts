import type { GgufFile } from '@halftone/gguf-io';
import { openGgufFile } from '@halftone/gguf-io/node';
import type { InspectRequest } from '../command-line';
import { metadataJson, metadataRows } from '../print/metadata';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatTotals, sumTensors, totalsByFormat, type SizedTensor } from '../print/totals';
import {
  formatBitsPerWeight,
  formatBytes,
  formatCount,
  formatDimensions,
  formatPlural,
} from '../print/units';

/** Arrays up to this length stand whole in `--json`; a vocabulary is told by its length and first elements. */
const WHOLE_ARRAY_IN_JSON = 64;

interface InspectedTensor extends SizedTensor {
  readonly name: string;
  readonly dimensions: readonly number[];
  readonly offset: number;
}

/** `halftone inspect`: what is in a GGUF file. */
export async function inspect(request: InspectRequest, output: Output): Promise<void> {
  const file = await openGgufFile(request.file);
  try {
    const tensors = file.tensors.map(({ name, dimensions, format, byteOffset, byteLength }) => ({
      name,
      dimensions,
      format,
      offset: byteOffset,
      bytes: byteLength,
      weights: dimensions.reduce((product, length) => product * length, 1),
    }));
    if (request.json) output.line(JSON.stringify(inspectJson(file, tensors), undefined, 2));
    else for (const line of inspectText(file, tensors)) output.line(line);
  } finally {
    await file.close();
  }
}

function inspectText(file: GgufFile, tensors: readonly InspectedTensor[]): string[] {
  const total = sumTensors(tensors);
  return [
    `${file.source.name}: GGUF version ${String(file.version)}, ${formatBytes(file.byteLength)}` +
      (file.hasTensorData ? '' : ' (a header alone, without tensor data)'),
    '',
    ...formatTable(
      [
        { heading: 'metadata', align: 'left' },
        { heading: 'type', align: 'left' },
        { heading: 'value', align: 'left' },
      ],
      metadataRows(file.metadata),
    ),
    '',
    ...tensorTable(tensors),
    '',
    ...formatTotals(tensors),
    '',
    `${formatPlural(total.tensors, 'tensor')}, ${formatBytes(total.bytes)}, ` +
      `${formatBitsPerWeight(total.bitsPerWeight)} bits per weight, ${formatCount(total.weights)} parameters`,
  ];
}

function tensorTable(tensors: readonly InspectedTensor[]): string[] {
  return formatTable(
    [
      { heading: 'tensor', align: 'left' },
      { heading: 'dimensions', align: 'right' },
      { heading: 'type', align: 'left' },
      { heading: 'offset', align: 'right' },
      { heading: 'size', align: 'right' },
    ],
    tensors.map(({ name, dimensions, format, offset, bytes }) => [
      name,
      formatDimensions(dimensions),
      format,
      String(offset),
      formatBytes(bytes),
    ]),
  );
}

function inspectJson(file: GgufFile, tensors: readonly InspectedTensor[]): unknown {
  return {
    file: file.source.name,
    version: file.version,
    byteLength: file.byteLength,
    alignment: file.alignment,
    dataOffset: file.dataOffset,
    hasTensorData: file.hasTensorData,
    metadata: metadataJson(file.metadata, WHOLE_ARRAY_IN_JSON),
    tensors,
    totals: { ...sumTensors(tensors), byType: Object.fromEntries(totalsByFormat(tensors)) },
  };
}
