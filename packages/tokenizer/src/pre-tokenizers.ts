/**
 * How texts are cut into words before merging. Each pattern cuts what the ones before it left: matches and what lies between them
 * become pieces. These are the original patterns of the models (mainline's llama-vocab.cpp cites them), with the Unicode classes
 * that llama.cpp approximates. `\s` stands for Unicode's white space, which JavaScript's `\s` is not.
 */
const contractions = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const spaces = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const capitals = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const smalls = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const words = (suffix: string): string =>
  `[^\\r\\n\\p{L}\\p{N}]?${capitals}*${smalls}+${suffix}|[^\\r\\n\\p{L}\\p{N}]?${capitals}+${smalls}*${suffix}`;
const llama3 = (digits: string): string =>
  `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${spaces}`;
const deepseek3 = [
  '\\p{N}{1,3}',
  '[一-龥぀-ゟ゠-ヿ]+',
  `[!"#$%&'()*+,\\-./:;<=>?@\\[\\\\\\]^_\`{|}~][A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+[\\r\\n]*|${spaces}`,
];
const singleDigits = ['\\p{N}', gpt2];
const sentences = [' ?[^(\\s|.,!?…。，、।۔،)]+'];

/** One way to cut texts, and the names that files call it by (`tokenizer.ggml.pre`). */
interface PreTokenizer {
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** Whether a whole word that is a token is taken as it is, without merging, unless the file says. */
  readonly ignoresMerges?: boolean;
  /** Whether texts begin with the beginning token, unless the file says. */
  readonly addsBeginning?: boolean;
}

const preTokenizers: readonly PreTokenizer[] = [
  {
    names: ['tekken'],
    patterns: [`${words('')}|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`],
    ignoresMerges: true,
    addsBeginning: true,
  },
  {
    names: [
      'llama3',
      'llama-v3',
      'llama-bpe',
      'laguna',
      'falcon3',
      'falcon-h1',
      'pixtral',
      'midm-2.0',
      'lfm2',
      'jina-v5-nano',
    ],
    patterns: [llama3('\\p{N}{1,3}')],
    ignoresMerges: true,
    addsBeginning: true,
  },
  { names: ['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'], patterns: [llama3('\\p{N}{1,3}')] },
  {
    names: [
      ...['qwen2', 'deepseek-r1-qwen', 'kormo', 'openpangu', 'f2llmv2', 'megrez', 'stablelm2'],
      ...['hunyuan', 'solar-open', 'grok-2'],
    ],
    patterns: [llama3('\\p{N}')],
  },
  {
    names: ['qwen35'],
    patterns: [
      `${contractions}|[^\\r\\n\\p{L}\\p{N}]?[\\p{L}\\p{M}]+|\\p{N}| ?[^\\s\\p{L}\\p{M}\\p{N}]+[\\r\\n]*|${spaces}`,
    ],
  },
  {
    names: ['gpt-4o', 'llama4', 'kanana2', 'minimax-m2'],
    patterns: [`${words(`${contractions}?`)}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${spaces}`],
  },
  { names: ['deepseek-v3', 'hunyuan-dense', 'joyai-llm'], patterns: deepseek3 },
  {
    names: ['deepseek-coder'],
    patterns: ['[\\r\\n]', '\\s?\\p{L}+', '\\s?\\p{P}+', '[一-龥ࠀ-一가-퟿]+', '\\p{N}'],
  },
  {
    names: [
      ...[
        'gpt-2',
        'phi-2',
        'jina-es',
        'jina-de',
        'gigachat',
        'jina-v2-es',
        'jina-v2-de',
        'a.x-4.0',
        'mellum',
      ],
      ...[
        'modern-bert',
        'exaone4',
        'jina-v1-en',
        'jina-v2-code',
        'roberta-bpe',
        'mpt',
        'olmo',
        'jais',
        'trillion',
      ],
      'granite-docling',
    ],
    patterns: [gpt2],
  },
  {
    names: [
      'starcoder',
      'refact',
      'command-r',
      'cohere2_moe',
      'smollm',
      'codeshell',
      'exaone',
      'minerva-7b',
      'mellum2',
    ],
    patterns: singleDigits,
  },
  { names: ['falcon'], patterns: ['[\\p{P}\\$\\+<=>\\^~\\|`]+', gpt2, '[0-9][0-9][0-9]'] },
  { names: ['poro-chat', 'bloom', 'gpt3-finnish'], patterns: sentences },
  { names: ['viking'], patterns: [...sentences, '\\p{N}'] },
  {
    names: ['seed-coder'],
    patterns: [
      `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${spaces}`,
    ],
  },
  { names: ['default'], patterns: ['[\\p{P}\\$\\+<=>\\^~\\|]+', gpt2, '\\p{N}+', '[0-9][0-9][0-9]'] },
];

const byName = new Map(preTokenizers.flatMap((one) => one.names.map((name) => [name, one] as const)));

/** The names of all pre-tokenizers that are known. */
export const preTokenizerNames: readonly string[] = [...byName.keys()];

/** The pre-tokenizer of that name. */
export function preTokenizerOf(name: string): PreTokenizer | undefined {
  return byName.get(name);
}

/** Cuts texts into words; makes its expressions once. */
export function wordCutter({ patterns }: PreTokenizer): (text: string, each: (word: string) => void) => void {
  const expressions = patterns.map(
    (pattern) =>
      new RegExp(pattern.replaceAll('\\s', '\\p{White_Space}').replaceAll('\\S', '\\P{White_Space}'), 'gu'),
  );
  const cut = (text: string, level: number, each: (word: string) => void): void => {
    const expression = expressions[level];
    if (expression === undefined) {
      each(text);
      return;
    }
    let end = 0;
    for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
      if (match.index > end) cut(text.slice(end, match.index), level + 1, each);
      end = expression.lastIndex;
      cut(match[0], level + 1, each);
      // Deeper levels have expressions of their own, so this one goes on where it was.
    }
    if (end < text.length) cut(text.slice(end), level + 1, each);
  };
  return (text, each) => cut(text, 0, each);
}
