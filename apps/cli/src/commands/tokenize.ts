import { openGgufFile } from '@halftone/gguf-io/node';
import { createTokenizer } from '@halftone/tokenizer';
import { readInputText } from '../input-file';
import type { Output } from '../print/output';
import { formatTable } from '../print/table';
import { formatPlural } from '../print/units';
import { UsageError } from '../quantize-words';
import type { TokenizeRequest } from '../tokenize-command';

/** `halftone tokenize`: a text as the tokens of a model. */
export async function tokenize(request: TokenizeRequest, output: Output): Promise<void> {
  const text = await textOf(request);
  const file = await openGgufFile(request.model);
  const tokenizer = createTokenizer(file.metadata);
  await file.close();
  const ids = [
    ...tokenizer.encode(text, { addSpecial: !request.noBos, parseSpecial: !request.noParseSpecial }),
  ];
  if (request.json) output.line(JSON.stringify({ model: request.model, count: ids.length, ids }));
  else if (request.ids) output.line(`[${ids.join(', ')}]`);
  else {
    output.line(
      formatTable(
        [
          { heading: 'id', align: 'right' },
          { heading: 'text', align: 'left' },
        ],
        ids.map((id) => [String(id), JSON.stringify(tokenizer.decode([id], { special: true }))]),
      ).join('\n'),
    );
  }
  if (request.showCount && !request.json) output.line(formatPlural(ids.length, 'token'));
}

async function textOf({ prompt, file }: TokenizeRequest): Promise<string> {
  if (prompt !== undefined && file === undefined) return prompt;
  if (file !== undefined && prompt === undefined) return readInputText(file, 'the text');
  throw new UsageError('usage', 'one text is tokenized', {
    found: prompt === undefined ? 'none' : 'two',
    allowed: '-p TEXT or -f FILE',
  });
}
