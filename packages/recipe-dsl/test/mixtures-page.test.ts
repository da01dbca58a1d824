import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ftypes, PROGRAMS, type Ftype, type MixtureRule, type Part } from '../src/index';

/** `q6_K where more bits`; the rule without conditions stands for all that is left. */
function ruleText([type, ...when]: MixtureRule): string {
  return when.length === 0 ? type : `${type} where ${when.join(', ')}`;
}

/** The rows of one file type: its name, number and main type stand in the first. */
function rowsOf({ name, id, mainType, mixture }: Ftype): string[] {
  const parts = (Object.keys(mixture) as Part[]).filter((part) => mixture[part]?.length !== 0);
  const head = [name.padEnd(10), String(id ?? '').padStart(3), (mainType ?? 'as it is').padEnd(10)].join(
    '  ',
  );
  const cells = parts.map((part) => `${part.padEnd(11)}  ${(mixture[part] ?? []).map(ruleText).join('; ')}`);
  const [first = '', ...rest] = cells;
  return [`${head}  ${first}`.trimEnd(), ...rest.map((cell) => `${' '.repeat(head.length)}  ${cell}`)];
}

it.each(PROGRAMS)('docs/mixtures.md tells the mixture of every file type of %s', (program) => {
  const page = readFileSync(new URL('../../../docs/mixtures.md', import.meta.url), 'utf8');
  const [, section] = page.split(`## The table of ${program}\n`);
  const table = /```text\n([^]*?)```/.exec(section ?? '')?.[1];
  const own = ftypes.filter((ftype) => ftype.program === program);
  expect(table?.trimEnd().split('\n')).toEqual(own.flatMap(rowsOf));
});
