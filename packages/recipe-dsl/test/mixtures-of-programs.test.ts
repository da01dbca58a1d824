import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  ftypes,
  parseFtype,
  planQuantization,
  PROGRAMS,
  type ModelShape,
  type Program,
  type SourceTensor,
} from '../src/index';

/** What a program said of one file type; see goldens/README.md. */
interface Run {
  readonly ftype: string;
  readonly hasImportance: readonly boolean[];
  /** The type of each tensor that is not listed in `exceptions`. */
  readonly main: string;
  readonly exceptions: ReadonlyMap<string, string>;
}

/** One model and all that was asked about it. */
interface Golden {
  readonly model: ModelShape;
  readonly tensors: readonly SourceTensor[];
  readonly kept: ReadonlySet<string>;
  readonly runs: readonly Run[];
}

/** `0-2,5` is 0, 1, 2, 5; `7-5` is 7, 6, 5. */
function numbersOf(ranges: string): number[] {
  return ranges.split(',').flatMap((range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    const step = last < first ? -1 : 1;
    return Array.from({ length: Math.abs(last - first) + 1 }, (_, i) => first + i * step);
  });
}

function readModel(lines: readonly string[]): ModelShape {
  const facts = new Map(lines.map((line) => line.split(' ') as [string, string]));
  const number = (name: string): number => Number(facts.get(name));
  return {
    architecture: facts.get('architecture'),
    layerCount: number('layers'),
    headCount: number('heads'),
    keyValueHeadCount: number('key-value-heads'),
    expertCount: number('experts'),
    vocabularyLength: number('vocabulary'),
    embeddingLength: number('embedding'),
  };
}

/** Lines of tensors, each `NAME DIMENSIONS [kept]`; those after `layers FIRST LAST` and two blanks stand in each layer. */
function readTensors(lines: readonly string[]): Pick<Golden, 'tensors' | 'kept'> {
  const tensors: SourceTensor[] = [];
  const kept = new Set<string>();
  const add = (line: string, prefix: string): void => {
    const [part = '', ...words] = line.trim().split(' ');
    const name = `${prefix}${part}.weight`;
    const dimensions = words.filter((word) => word !== 'kept').map(Number);
    tensors.push({ name, dimensions, format: dimensions.length === 1 ? 'f32' : 'bf16' });
    if (words.includes('kept')) kept.add(name);
  };
  lines.forEach((line, at) => {
    if (line.startsWith(' ')) return;
    if (!line.startsWith('layers ')) {
      add(line, '');
      return;
    }
    const rest = lines.slice(at + 1);
    const end = rest.findIndex((next) => !next.startsWith(' '));
    for (const layer of numbersOf(line.slice(7).replace(' ', '-'))) {
      for (const inLayer of rest.slice(0, end)) add(inLayer, `blk.${layer}.`);
    }
  });
  return { tensors, kept };
}

function readRun([head = '', ...lines]: readonly string[]): Run {
  const [, ftype = '', importance, main = ''] = /^\[(\w+) (\w+)\] (\w+)$/.exec(head) ?? [];
  const exceptions = lines.flatMap((line) => {
    const [part = '', type = '', layers] = line.split(' ');
    if (layers === undefined) return [[`${part}.weight`, type] as const];
    return numbersOf(layers).map((layer) => [`blk.${layer}.${part}.weight`, type] as const);
  });
  const hasImportance = importance === 'both' ? [false, true] : [importance === 'with'];
  return { ftype, hasImportance, main, exceptions: new Map(exceptions) };
}

function readGolden(text: string): Golden {
  const [facts = [], tensors = [], ...runs] = text
    .trimEnd()
    .split('\n\n')
    .map((section) => section.split('\n'));
  return { model: readModel(facts), ...readTensors(tensors), runs: runs.map(readRun) };
}

/** The goldens of each program. */
const FOLDERS: Readonly<Record<Program, string>> = {
  'ik_llama.cpp': 'goldens/mixtures/',
  'llama.cpp': 'goldens/llama-cpp-mixtures/',
};

const cases = PROGRAMS.flatMap((program) => {
  const folder = new URL(FOLDERS[program], import.meta.url);
  return readdirSync(folder).map((file) => ({
    program,
    shape: file.replace('.txt', ''),
    golden: readGolden(readFileSync(new URL(file, folder), 'utf8')),
  }));
});

describe.each(cases)('the types that $program gives to $shape', ({ program, golden }) => {
  const { model, tensors, kept, runs } = golden;

  it('for every file type', () => {
    const asked = new Set(runs.map(({ ftype }) => parseFtype(ftype, program).name));
    const known = ftypes
      .filter((ftype) => ftype.program === program && ftype.name !== 'COPY')
      .map(({ name }) => name);
    expect([...asked].sort()).toEqual(known.sort());
  });

  it.each(runs)('$ftype', ({ ftype, hasImportance, main, exceptions }) => {
    const expected = tensors.map(({ name, format }) => {
      const type = kept.has(name) ? 'kept' : (exceptions.get(name) ?? main);
      return `${name} ${type === 'kept' ? format : type}`;
    });
    for (const withMatrix of hasImportance) {
      const plan = planQuantization({
        tensors,
        model,
        ftype: parseFtype(ftype, program),
        hasImportance: withMatrix,
      });
      const found = plan.tensors.map(({ source: { name }, format }) => `${name} ${format}`);
      expect(found).toHaveLength(expected.length);
      expect(found.filter((one, index) => one !== expected[index])).toEqual([]);
    }
  });
});
