import { formats as knownFormats } from '@halftone/quant-formats';
import { typeFacts, typeNames, type TypeName } from '@halftone/recipe-dsl';
import type { Backend } from '@halftone/tensor-kernels';
import { openBackend } from '@halftone/tensor-kernels/node';
import type { FormatsRequest } from '../command-line';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatBitsPerWeight } from '../print/units';

/** `halftone formats`: every type that a plan can name, and what this version can do with it on this machine. */
export async function formats({ json }: FormatsRequest, output: Output): Promise<void> {
  const backend = await openBackend();
  const rows = typeNames.map((name) => describeType(name, backend));
  if (json) {
    output.line(JSON.stringify({ formats: rows }, undefined, 2));
    return;
  }
  const table = formatTable(
    [
      { heading: 'type', align: 'left' },
      { heading: 'id', align: 'right' },
      { heading: 'family', align: 'left' },
      { heading: 'bits/weight', align: 'right' },
      { heading: 'block', align: 'right' },
      { heading: 'importance', align: 'left' },
      { heading: 'written', align: 'left' },
      { heading: 'runs here on', align: 'left' },
    ],
    rows.map((row) => [
      row.name,
      String(row.id),
      row.interleavedRows === undefined ? row.family : `${row.family}, ${row.interleavedRows} rows woven`,
      formatBitsPerWeight(row.bitsPerWeight),
      String(row.blockLength),
      row.importance,
      row.isWritten ? 'yes' : 'no',
      row.runsOn,
    ]),
  );
  for (const line of table) output.line(line);
}

/** The facts of one type, and what becomes of it here. Bits leave the prefix of the row out, which `rowPrefixBytes` tells. */
function describeType(name: TypeName, backend: Backend) {
  const { id, family, blockLength, bytesPerBlock, rowPrefixBytes, importance, interleaved } = typeFacts(name);
  return {
    name,
    id,
    family,
    bitsPerWeight: (8 * bytesPerBlock) / blockLength,
    blockLength,
    bytesPerBlock,
    rowPrefixBytes,
    interleavedRows: interleaved?.rows,
    importance,
    isWritten: knownFormats[name].encodeRow !== undefined,
    runsOn: backend.runs(name),
  };
}
