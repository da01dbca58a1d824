import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer, type Tokenizer } from '@halftone/tokenizer';
import { readInputText } from '../input-file';
import type { Output } from '../print/output';
import { formatPlural } from '../print/units';
import { UsageError } from '../quantize-words';
import type { TokenizeRequest } from '../tokenize-command';

/** Ids that are printed at once: a text of 100 MB has more of them than one string can hold. */
const PRINTED_AT_ONCE = 65_536;

/** `halftone tokenize`: a text as the tokens of a model. */
export async function tokenize(request: TokenizeRequest, output: Output): Promise<void> {
  const text = await textOf(request);
  const file = await openGgufFile(request.model);
  const tokenizer = createTokenizer(file.metadata, { file: request.model });
  await file.close();
  const ids = tokenizer.encode(text, {
    addSpecial: !request.noBos,
    parseSpecial: !request.noParseSpecial,
  });
  if (request.json) {
    output.text(`{"model":${JSON.stringify(request.model)},"count":${ids.length},"ids":[`);
    printIds(ids, ',', output);
    output.line(']}');
    return;
  }
  if (request.ids) {
    output.text('[');
    printIds(ids, ', ', output);
    output.line(']');
  } else printTable(ids, tokenizer, output);
  if (request.showCount) output.line(formatPlural(ids.length, 'token'));
}

async function textOf({ prompt, file }: TokenizeRequest): Promise<string> {
  if (prompt !== undefined && file === undefined) return prompt;
  if (file !== undefined && prompt === undefined) return readInputText(file, 'the text');
  throw new UsageError('usage', 'one text is tokenized', {
    found: prompt === undefined ? 'none' : 'two',
    allowed: '-p TEXT or -f FILE',
  });
}

function printIds(ids: Int32Array, between: string, output: Output): void {
  for (let start = 0; start < ids.length; start += PRINTED_AT_ONCE) {
    const part = ids.subarray(start, start + PRINTED_AT_ONCE).join(between);
    output.text(start === 0 ? part : between + part);
  }
}

/** A line for each token: its id, and what it stands for. */
function printTable(ids: Int32Array, tokenizer: Tokenizer, output: Output): void {
  const width = String(tokenizer.size - 1).length;
  output.line(`${'id'.padStart(width)}  text`);
  for (let start = 0; start < ids.length; start += PRINTED_AT_ONCE) {
    const lines = Array.from(ids.subarray(start, start + PRINTED_AT_ONCE), (id) => {
      const text = JSON.stringify(tokenizer.decode([id], { special: true }));
      return `${String(id).padStart(width)}  ${text}`;
    });
    output.line(lines.join('\n'));
  }
}
