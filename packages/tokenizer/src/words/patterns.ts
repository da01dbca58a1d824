/**
 * The patterns that cut texts into words, and what they are made of. They are the models' own (`tokenizer.json`, tiktoken files;
 * llama.cpp's `src/llama-vocab.cpp` cites most), with the Unicode classes that C++ has not. Two things are written otherwise, since
 * JavaScript reads them otherwise: `(?i:…)` is spelled out, and `\s` and `\S` stand for Unicode's white space.
 *
 * All of them take linear time: nothing that repeats is searched for again from each place that it covers.
 */

/** The endings of English words, in either case. */
const contraction = "(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
/** What every newer pattern ends with: ends of lines with the space before them, space without its last character, space. */
const space = '\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
const mark = '[^\\r\\n\\p{L}\\p{N}]?';
const han = '\\p{Script=Han}';
/** Ideographs of Chinese and the letters of Japanese. */
const eastAsian = '[\u4e00-\u9fa5\u3040-\u309f\u30a0-\u30ff]+';
const eastAsianWithKorean = '[\\u4e00-\\u9fa5\\u0800-\\u4e00\\uac00-\\ud7ff]';
const asciiMark = '[!"#$%&\'()*+,\\-./:;<=>?@\\[\\\\\\]^_`{|}~]';

/** Words whose small letters come after their capitals; with `suffix`. */
const cased = (upper: string, lower: string, suffix: string): string =>
  `${mark}${upper}*${lower}+${suffix}|${mark}${upper}+${lower}*${suffix}`;

const upper = '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]';
const lower = '[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]';
const withoutHan = (letter: string): string => `(?:(?!${han})${letter})`;
/** llama.cpp has no classes of case: every letter but `a` to `z` is a capital, every letter but `A` to `Z` is small. */
const notSmall = '[^\\P{L}a-z]';
const notCapital = '[^\\P{L}A-Z]';

/** The family of Llama 3 and Qwen 2. */
const words = (digits: string, letters = '\\p{L}+', between = '\\p{L}\\p{N}'): string =>
  `${mark}${letters}|${digits}| ?[^\\s${between}]+[\\r\\n]*|${space}`;

/** The family of GPT-4o and Tekken. */
const casedWords = (letters: string, digits: string): string =>
  `${letters}|${digits}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|${space}`;

const deepseek3Words = `${asciiMark}[A-Za-z]+|[^\\r\\n\\p{L}\\p{P}\\p{S}]?[\\p{L}\\p{M}]+| ?[\\p{P}\\p{S}]+`;

/** Letters of European scripts, as DeepSeek's first models list them. */
const europeanLetters = [
  'A-Za-z\u00b5\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u01ba\u01bc-\u01bf\u01c4-\u0293\u0295-\u02af',
  '\u0370-\u0373\u0376\u0377\u037b-\u037d\u037f\u0386\u0388-\u038a\u038c\u038e-\u03a1\u03a3-\u03f5',
  '\u03f7-\u0481\u048a-\u052f\u0531-\u0556\u10a0-\u10c5\u13a0-\u13f5\u13f8-\u13fd\u1c90-\u1cba',
  '\u1cbd-\u1cbf\u1d00-\u1d2b\u1d6b-\u1d77\u1d79-\u1d9a\u1e00-\u1f15\u1f18-\u1f1d\u1f20-\u1f45',
  '\u1f48-\u1f4d\u1f50-\u1f57\u1f59\u1f5b\u1f5d\u1f5f-\u1f7d\u1f80-\u1fb4\u1fb6-\u1fbc\u1fbe',
  '\u1fc2-\u1fc4\u1fc6-\u1fcc\u1fd0-\u1fd3\u1fd6-\u1fdb\u1fe0-\u1fec\u1ff2-\u1ff4\u1ff6-\u1ffc\u2102',
  '\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2126\u2128\u212a-\u212d\u212f-\u2134\u2139',
  '\u213c-\u213f\u2145-\u2149\u214e\u2183\u2184\u2c00-\u2c7b\u2c7e-\u2ce4\u2ceb-\u2cee\u2cf2\u2cf3',
  '\ua640-\ua66d\ua680-\ua69b\ua722-\ua76f\ua771-\ua787\ua78b-\ua78e\uab70-\uabbf\ufb00-\ufb06',
  '\ufb13-\ufb17\uff21-\uff3a\uff41-\uff5a\u{10400}-\u{1044f}\u{104b0}-\u{104d3}\u{104d8}-\u{104fb}',
  '\u{10c80}-\u{10cb2}\u{10cc0}-\u{10cf2}\u{118a0}-\u{118df}\u{1e900}-\u{1e943}',
].join('');

/** Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese, as Arcee's models list them. */
const southEastAsian = [
  '\u4e00-\u9fff\u3400-\u4dbf\u8c48-\ufaff\u3040-\u309f\u30a0-\u30ff\uff65-\uff9f\u2f00-\u2fdf\u0e40-\u0e7f',
  '\u0e80-\u0eff\u1780-\u17ff\u1000-\u109f\uaa60-\uaa7f\ua9e0-\ua9ff\uac00-\ud7af\u1100-\u11ff',
].join('');

const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const qwen2 = words('\\p{N}');
const gpt4oLetters = cased(upper, lower, `${contraction}?`);
/** What llama.cpp makes of GPT-4o's letters where its classes of case all become "letter". */
const anyCaseLetters = `${mark}[\\p{L}\\p{M}]+${contraction}?`;

/** By the model or the family that cuts so first, or by what is matched. */
export const patterns = {
  gpt2,
  llama3: `${contraction}|${words('\\p{N}{1,3}')}`,
  qwen2: `${contraction}|${qwen2}`,
  qwen35: `${contraction}|${words('\\p{N}', '[\\p{L}\\p{M}]+', '\\p{L}\\p{M}\\p{N}')}`,
  ufakzeka: qwen2,
  minicpm5: `${contraction}|${words('\\p{N}+')}`,
  // Within space there is no end of a line, or it had been found from the first space on: it is not looked for again there.
  jais2: `${contraction}|${mark}\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|(?<![^\\S\\r\\n])\\s*[\\r\\n]+|${[
    512, 256, 128, 64, 32, 16, 8, 4,
  ]
    .map((count) => `\\s{${count}}(?!\\S)`)
    .join('|')}|\\s{1,2}(?!\\S)|\\s{1}`,
  seedCoder: `${contraction}|${mark}\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}\\r\\n]+|${space}`,
  bailingMoe: `'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|${mark}\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`,
  exaoneMoe: `${contraction}|${mark}(?:\\p{L}\\p{M}*(?: \\p{L}\\p{M}*)*)+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]?|\\s*[\\r\\n]|\\s+(?!\\S)|\\s+`,
  tekken: casedWords(cased(upper, lower, ''), '\\p{N}'),
  tekkenOfLlamaCpp: casedWords(cased(notSmall, notCapital, ''), '\\p{N}'),
  gpt4o: casedWords(gpt4oLetters, '\\p{N}{1,3}'),
  gpt4oOfLlamaCpp: casedWords(cased(notSmall, notCapital, `${contraction}?`), '\\p{N}{1,3}'),
  gpt4oWithMarks: casedWords(
    cased('(?:(?![a-z])[\\p{L}\\p{M}])', '(?:(?![A-Z])[\\p{L}\\p{M}])', `${contraction}?`),
    '\\p{N}{1,3}',
  ),
  gpt4oOfAnyCase: casedWords(anyCaseLetters, '\\p{N}{1,3}'),
  youtu: casedWords(gpt4oLetters, '\\p{N}'),
  youtuOfAnyCase: casedWords(anyCaseLetters, '\\p{N}'),
  youtuScripts: `[\uac00-\ud7a3\u3131-\u318e]+|[\uff01\u2026\u201c\u201d\u2018\u2019\u2014\uff1a\uff1b\uff0c\u3001-\u303f\ufe30-\ufe4f]+|[\u3105-\u312f]+|${eastAsian}`,
  kimiK2: `${han}+|${cased(withoutHan(upper), withoutHan(lower), `${contraction}?`)}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${space}`,
  kimiK2OfLlamaCpp: `${han}+|${mark}${withoutHan('\\p{L}')}+${contraction}?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|${space}`,
  deepseek3: `${deepseek3Words}[\\r\\n]*|${space}`,
  spark: `${deepseek3Words}|[\\r\\n]|\\s+(?!\\S)|\\s+`,
  europeanWord: `\\s?[${europeanLetters}]+`,
  deepseekMarks: '\\s?[!-/:-~\uff01-\uff0f\uff1a-\uff5e\u2018-\u201f\u3000-\u3002]+',
  // Only from where the space begins: its end alone would be looked for again at each of its characters.
  spaceAtEnd: '(?<!\\s)\\s+$',
  eastAsian,
  eastAsianWithKorean: `${eastAsianWithKorean}+`,
  // Its range from U+0800 on has white space in it, which llama.cpp hides from such expressions.
  eastAsianWithKoreanOfLlamaCpp: `(?:(?!\\s)${eastAsianWithKorean})+`,
  southEastAsian: `[${southEastAsian}]+`,
  sentence: ' ?[^(\\s|.,!?\u2026\u3002\uff0c\u3001\u0964\u06d4\u060c)]+',
  digit: '\\p{N}',
  digits: '\\p{N}+',
  upToThreeDigits: '\\p{N}{1,3}',
  threeAsciiDigits: '[0-9][0-9][0-9]',
  endOfLine: '[\\r\\n]',
  letters: '\\s?\\p{L}+',
  marks: '\\s?\\p{P}+',
  falconMarks: '[\\p{P}\\$\\+<=>\\^~\\|`]+',
  defaultMarks: '[\\p{P}\\$\\+<=>\\^~\\|]+',
  chameleonSentinel: '<sentinel:[0-9]+>',
  chameleonImage: '(?:IMGIMG)(?:(?:A|B|C|D|E|F|G|H|I){1,4})Z',
  chameleonSpace: '[\\t\\n]|    |  ',
  chameleonMark: '[\\p{P}!-/:-@\\[-`{-~]',
  line: '[^\\n]+|[\\n]+',
  notSpace: '\\S+',
} as const;
