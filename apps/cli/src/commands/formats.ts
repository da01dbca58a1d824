import { formats as knownFormats, type FormatDefinition } from '@halftone/quant-formats';
import { typeFacts, typeNames, type TypeName } from '@halftone/recipe-dsl';
import { backendNames, type Backend } from '@halftone/tensor-kernels';
import { backendReport, openBackend } from '@halftone/tensor-kernels/node';
import type { FormatsRequest } from '../command-line';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatBitsPerWeight } from '../print/units';

/** `halftone formats`: every type that a plan can name, and what this version can do with it on this machine. */
export async function formats({ json }: FormatsRequest, output: Output): Promise<void> {
  const backends = await availableBackends();
  const rows = typeNames.map((name) => describeType(name, backends));
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
      { heading: 'encoding', align: 'left' },
      { heading: 'runs here on', align: 'left' },
    ],
    rows.map((row) => [
      row.name,
      String(row.id),
      row.interleavedRows === undefined
        ? row.family
        : `${row.family}, ${row.interleavedRows} rows interleaved`,
      formatBitsPerWeight(row.bitsPerWeight),
      String(row.blockLength),
      row.importance,
      row.encoding,
      row.runsOn.join(', '),
    ]),
  );
  for (const line of table) output.line(line);
}

/** The facts of one type, and what becomes of it here. Bits leave the prefix of the row out, which `rowPrefixBytes` tells. */
function describeType(name: TypeName, backends: readonly Backend[]) {
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
    encoding: encodingClass(knownFormats[name]),
    runsOn: backends.filter((backend) => backend.runs(name) === backend.name).map((backend) => backend.name),
  };
}

/** The backends that run here, the fastest first. */
async function availableBackends(): Promise<readonly Backend[]> {
  const report = await backendReport();
  const available = backendNames.filter((name) =>
    report.some((status) => status.name === name && status.isAvailable),
  );
  return Promise.all(available.map((name) => openBackend(name)));
}

/** How much work encoding is: rounding alone, which needs no importance; a search for the scales of a block; or a search for groups of weights too. */
type EncodingClass = 'none' | 'fast' | 'medium' | 'slow';

function encodingClass({ encodeRow, importance, search, interleaved }: FormatDefinition): EncodingClass {
  if (interleaved !== undefined) return encodingClass(interleaved.single);
  if (encodeRow === undefined) return 'none';
  if (importance === 'ignored') return 'fast';
  const hasGroups = search?.kind === 'scale' && (search.grid ?? search.trellis) !== undefined;
  return hasGroups ? 'slow' : 'medium';
}
