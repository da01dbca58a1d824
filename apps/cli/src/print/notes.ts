import { metadataString } from '@halftone/gguf-io';
import {
  DEFAULT_CHUNK_SIZE,
  unhitExperts,
  type ImatrixForm,
  type ImportanceMatch,
  type ImportanceMatrix,
} from '@halftone/imatrix';
import { isWritable, type Plan, type PlannedTensor, type Recipe } from '@halftone/recipe-dsl';
import { usesImportance, type Preview, type Provenance } from '@halftone/quantize';
import { ruleOrigin } from './plan';
import { formatPlural, formatRanges } from './units';

/** Names shown of a longer list; the count tells the rest. */
const SHOWN_NAMES = 4;

/** Whatever a maker should know before the work starts, a line each: nothing is ignored silently. */
export function preparedNotes({ options, plan, importance }: Preview): string[] {
  return [
    ...recipeNotes(options.recipe),
    ...planNotes(plan),
    ...(importance === undefined ? noMatrixNotes(plan) : importanceNotes(importance)),
  ];
}

/** What `quantize` would refuse, though a plan can be told. */
export function refusalNotes({ plan, missingRequired }: Preview): string[] {
  return [
    ...list(
      'of a type that is read and not written',
      plan.tensors.filter((one) => !isWritable(one)).map(withType),
    ),
    ...list('importance is required', missingRequired.map(withType)),
  ];
}

function withType({ source, format }: PlannedTensor): string {
  return `${source.name} (${format})`;
}

/** What a maker should know who keeps tensors of an earlier output: they may not be what the recipe makes now. */
export function keptNotes({ kept }: Preview, provenance: Provenance | 'as-in-source'): string[] {
  if (kept === undefined || provenance === 'as-in-source') return [];
  const { importance } = provenance;
  const { file, tensors, otherTypes } = kept;
  const earlier = metadataString(file.metadata, 'quantize.imatrix.sha256');
  return [
    `${formatPlural(tensors.size, 'tensor')} of ${file.tensors.length} are kept as they are in ${file.source.name}`,
    ...list(
      'kept, though the recipe gives them another type now',
      otherTypes.map(({ tensor, kept: format, planned }) => `${tensor} (${format}, now ${planned})`),
    ),
    ...(earlier === importance?.sha256
      ? []
      : ['the kept tensors were made with another importance matrix, or do not tell which']),
  ];
}

function recipeNotes(recipe: Recipe | undefined): string[] {
  return recipe?.notes.map(({ line, text }) => `${recipe.source}, line ${line}: ${text}`) ?? [];
}

function planNotes({ unusedRules, tensors }: Plan): string[] {
  const unused = unusedRules.map(
    (rule) => `${ruleOrigin(rule)}: ${rule.pattern}=${rule.format} decided no tensor: ${rule.why}`,
  );
  const fallbacks = tensors.flatMap(({ source, format, fallback }) =>
    fallback === undefined ? [] : [`${source.name}: ${format} instead of ${fallback.from}, ${fallback.why}`],
  );
  return [...unused, ...fallbacks];
}

function noMatrixNotes({ tensors }: Plan): string[] {
  return tensors.some(usesImportance)
    ? [
        'no importance matrix: all columns count alike. With --imatrix FILE, errors are smaller where they matter',
      ]
    : [];
}

/** What of an importance matrix did not fit. @param done - what was done with the tensors */
export function importanceNotes(
  { missing, borrowed, guessed, allZero, unused }: ImportanceMatch,
  done: 'quantized' | 'compared' = 'quantized',
): string[] {
  return [
    ...list(
      `${done} without importance`,
      missing.map(({ tensor, why }) => `${tensor} (${why})`),
    ),
    ...list(
      'with the importance of another tensor',
      borrowed.map(({ tensor, entry }) => `${tensor} (${entry})`),
    ),
    ...list(
      'experts that calibration never reached, with importance guessed from the others',
      guessed.map(({ tensor, experts }) => `${tensor} (${formatRanges(experts)})`),
    ),
    ...list(
      'experts without importance: it is zero in every column',
      allZero.map(({ tensor, experts }) => `${tensor} (${formatRanges(experts)})`),
    ),
    ...unusedEntryNotes(unused),
  ];
}

/** Entries that the model has no use for. */
export function unusedEntryNotes(unused: readonly string[]): string[] {
  return list('entries of the importance matrix that no tensor took', unused);
}

/** For each tensor of experts, those that no token was sent to; tensors that all were reached of are left out. */
export function unhitByTensor({ entries }: ImportanceMatrix): Map<string, number[]> {
  const unhit = [...entries.values()]
    .filter(({ counts }) => counts.length > 1)
    .map((entry): [string, number[]] => [entry.name, unhitExperts(entry)]);
  return new Map(unhit.filter(([, experts]) => experts.length > 0));
}

/** Which experts a text never reached: how many, and a line for each layer. The tensors of a layer share their experts. */
export function unhitExpertNotes(matrix: ImportanceMatrix): string[] {
  const lines = new Map<string, number>();
  for (const [tensor, experts] of unhitByTensor(matrix)) {
    const layer = /^blk\.\d+/.exec(tensor)?.[0] ?? tensor;
    lines.set(`  ${layer}: ${formatRanges(experts)}`, experts.length);
  }
  if (lines.size === 0) return [];
  const count = [...lines.values()].reduce((sum, one) => sum + one, 0);
  return [
    `note: ${formatPlural(count, 'expert')} of ${formatPlural(lines.size, 'layer')} ${count === 1 ? 'was' : 'were'} never hit. ` +
      'Where importance is needed, it is guessed from the other experts; more, or more varied, text reaches more of them:',
    ...lines.keys(),
  ];
}

/** What in an importance matrix is not as one would think. */
export function importanceMatrixNotes({ source, ignored = [] }: ImportanceMatrix): string[] {
  return list(`tensors of ${source} that are not part of an importance matrix`, ignored);
}

/** What a merge brings together that does not match. */
export function mergeNotes(matrices: readonly ImportanceMatrix[]): string[] {
  const names = new Set(matrices.flatMap(({ entries }) => [...entries.keys()]));
  const partial = [...names].filter((name) => matrices.some(({ entries }) => !entries.has(name)));
  return list('entries that some of the files do not have', partial);
}

/** What a form does not hold, or asks for although nobody told it. */
export function writtenFormNotes({ entries, chunkSize }: ImportanceMatrix, form: ImatrixForm): string[] {
  if (form === 'gguf') {
    return chunkSize === undefined
      ? [
          `no file tells how many rows a chunk has: ${DEFAULT_CHUNK_SIZE} are taken. --ctx-size ROWS says otherwise`,
        ]
      : [];
  }
  const guessed = [...entries.values()].flatMap((entry) => {
    const experts = unhitExperts(entry);
    return experts.length === 0 ? [] : [`${entry.name} (${formatRanges(experts)})`];
  });
  return list('experts that calibration never reached, stored as guessed from the others', guessed);
}

function list(what: string, names: readonly string[]): string[] {
  if (names.length === 0) return [];
  const shown = names.slice(0, SHOWN_NAMES).join(', ');
  const more = names.length > SHOWN_NAMES ? ` and ${names.length - SHOWN_NAMES} more` : '';
  return [`${what}: ${formatPlural(names.length, 'name')}: ${shown}${more}`];
}
