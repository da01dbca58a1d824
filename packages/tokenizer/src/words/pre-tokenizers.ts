import type { CutStep } from './cutter';
import { patterns } from './patterns';

/** One way to cut texts into words, and the names that files call it by (`tokenizer.ggml.pre`). */
export interface PreTokenizer {
  readonly names: readonly string[];
  /** As the model's own tokenizer cuts. */
  readonly steps: readonly CutStep[];
  /** As llama.cpp cuts, where that differs. */
  readonly stepsOfLlamaCpp?: readonly CutStep[];
  /** Whether a whole word that is a token is taken as it is, without merging, unless the file says. */
  readonly ignoresMerges?: boolean;
  /** Whether texts begin with the beginning token, unless the file says; `always` whatever the file says, as llama.cpp has it. */
  readonly addsBeginning?: boolean | 'always';
  /** Whether tokens are written as plain text, and not in the characters that stand for bytes. */
  readonly isPlainText?: boolean;
  /** Whether spaces are written as SentencePiece does. */
  readonly escapesSpaces?: boolean;
  /** Whether white space only separates words. */
  readonly dropsSpace?: boolean;
  /** Whether a word of ends of lines that is a token is taken as it is. */
  readonly keepsEndsOfLines?: boolean;
}

/** Digits in groups of three from the last, for the tokenizer's own rule and for llama.cpp's, which joins the first group to what is before it. */
const digitGroups = { digits: '\\p{N}+', alsoCuts: 'around' } as const;
const digitGroupsOfLlamaCpp = { digits: '\\p{N}+', alsoCuts: 'behind' } as const;
/** The same where no word goes on behind the digits. It begins where the digits begin: no other place is tried in a long run. */
const digitGroupsAtWordEnd = {
  digits: '(?<!\\p{Nd})\\p{Nd}+(?![\\p{Nd}\\p{L}\\p{M}\\p{Pc}])',
  alsoCuts: 'around',
} as const;

const deepseekWords = [
  patterns.endOfLine,
  patterns.europeanWord,
  patterns.deepseekMarks,
  patterns.spaceAtEnd,
];
const deepseekCoderWords = [patterns.endOfLine, patterns.letters, patterns.marks];
const deepseek3 = [patterns.upToThreeDigits, patterns.eastAsian, patterns.deepseek3];

/**
 * All that llama.cpp knows by name (`src/llama-vocab.cpp`, its release v0.5.0), and two names of ik_llama.cpp (`cohere2_moe`,
 * `openpangu`).
 */
const preTokenizers: readonly PreTokenizer[] = [
  {
    names: ['tekken'],
    steps: [patterns.tekken],
    stepsOfLlamaCpp: [patterns.tekkenOfLlamaCpp],
    ignoresMerges: true,
    addsBeginning: true,
  },
  {
    names: [
      'llama3',
      'llama-v3',
      'llama-bpe',
      'falcon3',
      'falcon-h1',
      'pixtral',
      'midm-2.0',
      'lfm2',
      'jina-v5-nano',
    ],
    steps: [patterns.llama3],
    ignoresMerges: true,
    addsBeginning: true,
  },
  { names: ['dbrx', 'smaug-bpe', 'glm4', 'chatglm-bpe'], steps: [patterns.llama3] },
  { names: ['minicpm5'], steps: [patterns.upToThreeDigits, patterns.minicpm5], ignoresMerges: true },
  { names: ['jais-2'], steps: [patterns.jais2] },
  {
    names: [
      ...['qwen2', 'deepseek-r1-qwen', 'kormo', 'f2llmv2', 'megrez', 'openpangu', 'stablelm2'],
      ...['hunyuan', 'solar-open', 'grok-2'],
    ],
    steps: [patterns.qwen2],
  },
  { names: ['qwen35'], steps: [patterns.qwen35] },
  { names: ['ufakzeka'], steps: [patterns.ufakzeka] },
  { names: ['laguna'], steps: [patterns.line, patterns.qwen2] },
  {
    names: ['gpt-4o', 'llama4', 'kanana2', 'talkie', 'minimax-m2'],
    steps: [patterns.gpt4o],
    stepsOfLlamaCpp: [patterns.gpt4oOfLlamaCpp],
  },
  {
    names: ['granite-embed-multi-97m'],
    steps: [patterns.gpt4o],
    stepsOfLlamaCpp: [patterns.gpt4oWithMarks],
    ignoresMerges: true,
  },
  {
    names: ['tiny_aya', 'cohere2moe'],
    steps: [digitGroupsAtWordEnd, patterns.gpt4o],
    stepsOfLlamaCpp: [digitGroupsOfLlamaCpp, patterns.gpt4oOfAnyCase],
  },
  {
    names: ['youtu'],
    steps: [patterns.youtuScripts, patterns.youtu],
    stepsOfLlamaCpp: [patterns.youtuScripts, patterns.youtuOfAnyCase],
    ignoresMerges: true,
  },
  { names: ['kimi-k2'], steps: [patterns.kimiK2], stepsOfLlamaCpp: [patterns.kimiK2OfLlamaCpp] },
  { names: ['deepseek-v3', 'hunyuan-dense', 'joyai-llm', 'hy_v4'], steps: deepseek3 },
  {
    names: ['spark2_5'],
    steps: [patterns.upToThreeDigits, patterns.eastAsian, patterns.spark, patterns.digit],
  },
  {
    names: ['afmoe'],
    steps: [digitGroups, patterns.southEastAsian, patterns.deepseek3],
    stepsOfLlamaCpp: [digitGroupsOfLlamaCpp, patterns.southEastAsian, patterns.deepseek3],
  },
  {
    names: ['deepseek-llm'],
    steps: [...deepseekWords, patterns.eastAsianWithKorean, patterns.digits],
    stepsOfLlamaCpp: [...deepseekWords, patterns.eastAsianWithKoreanOfLlamaCpp, patterns.digits],
  },
  {
    names: ['deepseek-coder'],
    steps: [...deepseekCoderWords, patterns.eastAsianWithKorean, patterns.digit],
    stepsOfLlamaCpp: [...deepseekCoderWords, patterns.eastAsianWithKoreanOfLlamaCpp, patterns.digit],
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
      ...['modern-bert', 'exaone4', 'jina-v1-en', 'jina-v2-code', 'roberta-bpe', 'mpt', 'olmo', 'jais'],
      ...['trillion', 'granite-docling'],
    ],
    steps: [patterns.gpt2],
  },
  {
    names: [
      ...['starcoder', 'refact', 'command-r', 'cohere2_moe', 'smollm', 'codeshell', 'exaone', 'minerva-7b'],
      'mellum2',
    ],
    steps: [patterns.digit, patterns.gpt2],
  },
  { names: ['exaone-moe'], steps: [patterns.exaoneMoe] },
  {
    names: ['chameleon'],
    steps: [
      ...[patterns.chameleonSentinel, patterns.chameleonImage, patterns.chameleonSpace],
      ...[patterns.digit, patterns.chameleonMark, patterns.gpt2],
    ],
    addsBeginning: true,
  },
  { names: ['falcon'], steps: [patterns.falconMarks, patterns.gpt2, patterns.threeAsciiDigits] },
  { names: ['poro-chat', 'bloom', 'gpt3-finnish'], steps: [patterns.sentence] },
  { names: ['viking'], steps: [patterns.sentence, patterns.digit] },
  { names: ['bailingmoe', 'bailingmoe2', 'llada-moe'], steps: [patterns.bailingMoe] },
  { names: ['seed-coder'], steps: [patterns.seedCoder] },
  {
    names: ['superbpe'],
    steps: [patterns.digits, { digits: '\\p{Nd}+', alsoCuts: 'beforeWhole' }],
    stepsOfLlamaCpp: [patterns.digits, { digits: '[0-9]+', alsoCuts: 'beforeWhole' }],
  },
  {
    names: ['gemma4', 'granite-embed-multi-311m'],
    steps: [patterns.line],
    isPlainText: true,
    escapesSpaces: true,
    keepsEndsOfLines: true,
    addsBeginning: 'always',
  },
  { names: ['sarvam-moe'], steps: [patterns.line], isPlainText: true, escapesSpaces: true },
  { names: ['whitespace'], steps: [patterns.notSpace], isPlainText: true, dropsSpace: true },
  {
    names: ['default'],
    steps: [patterns.defaultMarks, patterns.gpt2, patterns.digits, patterns.threeAsciiDigits],
  },
];

const byName = new Map(preTokenizers.flatMap((one) => one.names.map((name) => [name, one] as const)));

/** The names of all pre-tokenizers that are known. */
export const preTokenizerNames: readonly string[] = [...byName.keys()];

/** The pre-tokenizer of that name. */
export function preTokenizerOf(name: string): PreTokenizer | undefined {
  return byName.get(name);
}
