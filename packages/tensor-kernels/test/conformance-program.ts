/**
 * The part of the conformance suite that needs Node alone, for machines that are emulated: `tools/conformance.mjs` builds and runs it.
 */
import { formatNames, formats, type FormatName } from '@halftone/quant-formats';
import { nativeInstructionSets, openBackend, openNative } from '@halftone/tensor-kernels/node';
import { goldenInputs, readGoldens } from '../../quant-formats/test/goldens';
import type { Backend } from '../src/backend';
import { codingDifference, decodingDifference, type CodingArguments } from './differences';
import { edgeMatrix, importances, noise } from './rows';

const reference = await openBackend('reference');

/** Goldens, edge rows with every kind of importance, and random rows that leave lanes over, whatever the number of lanes. */
function cases(name: FormatName): readonly CodingArguments[] {
  const { blockLength, search } = formats[name];
  // The reference takes ten times as long to code groups of weights, and a hundred times where it is emulated: too long to be compared.
  if (search?.kind === 'scale' && (search.grid ?? search.trellis) !== undefined) return [];
  const goldens = goldenInputs.map(({ weights, columns, importance }): CodingArguments => [
    name,
    weights,
    columns,
    importance,
  ]);
  const edges = edgeMatrix(512);
  return [
    ...goldens,
    ...importances(512, blockLength).map((importance): CodingArguments => [name, edges, 512, importance]),
    ...[1, 2, 3, 7, 17, 25].map((blocks): CodingArguments => {
      const columns = blocks * blockLength;
      const importance = noise(columns, blocks + 100).map((value) => value ** 2);
      return [name, noise(5 * columns, blocks), columns, importance];
    }),
  ];
}

/** Where a backend differs from the reference first in each case, if anywhere. */
function differences(backend: Backend, name: FormatName): readonly (string | undefined)[] {
  return [
    ...(formats[name].encodeRow === undefined ? [] : cases(name)).map((coding) =>
      codingDifference(backend, reference, ...coding),
    ),
    ...(readGoldens(formats[name]) ?? []).map(({ bytes, columns, rows }) =>
      decodingDifference(backend, reference, name, bytes, columns, rows),
    ),
  ];
}

// The best alone: emulated, each takes minutes, and the portable one is the same source that this machine's tests run.
for (const instructionSet of nativeInstructionSets().slice(0, 1)) {
  const backend = openNative('under test', instructionSet);
  let count = 0;
  // Interleaved rows are encoded as single rows, and interleaved by the reference.
  const singles = formatNames.filter((name) => formats[name].interleaved === undefined);
  for (const name of singles.filter((each) => backend.runs(each) === backend.name)) {
    for (const difference of differences(backend, name)) {
      count++;
      if (difference === undefined) continue;
      process.stderr.write(`${instructionSet}, ${name}: other bits than the reference ${difference}\n`);
      process.exitCode = 1;
    }
  }
  process.stdout.write(`${process.platform}-${process.arch}, ${instructionSet}: ${count} cases compared\n`);
}
