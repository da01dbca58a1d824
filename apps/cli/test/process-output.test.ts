import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { processOutput } from '../src/print/process-output';

/** A screen that stdout and stderr both write to, as on a terminal; what was written to it. */
function screen({ isTTY, TERM = 'xterm' }: { isTTY: boolean; TERM?: string }) {
  const written: string[] = [];
  const stream = (): NodeJS.WriteStream => {
    const through = new PassThrough();
    through.on('data', (bytes: Buffer) => written.push(bytes.toString()));
    return Object.assign(through, { isTTY, columns: 20 }) as unknown as NodeJS.WriteStream;
  };
  const output = processOutput({ stdout: stream(), stderr: stream(), env: { TERM } });
  return { output, written };
}

const CLEAR_LINE = '\r\u001b[2K';

describe('the output of a process', () => {
  it('leaves text that goes on where it stands, on a terminal too', () => {
    const { output, written } = screen({ isTTY: true });
    for (const piece of ['The', ' capital', ' of']) output.text(piece);
    output.line('');
    output.note('(done)');
    expect(written.join('')).toBe('The capital of\n(done)\n');
  });

  it('clears a status line once, before whatever comes next', () => {
    const { output, written } = screen({ isTTY: true });
    output.status('1 of 2');
    output.status('a line of more than twenty letters');
    output.text('The');
    output.text(' end');
    output.clearStatus();
    expect(written.join('')).toBe(`${CLEAR_LINE}1 of 2${CLEAR_LINE}a line of more than${CLEAR_LINE}The end`);
  });

  it.each([{ isTTY: false }, { isTTY: true, TERM: 'dumb' }])('has no status line elsewhere: %o', (kind) => {
    const { output, written } = screen(kind);
    output.status('1 of 2');
    output.line('result');
    expect(written.join('')).toBe('result\n');
  });

  it('shows control letters instead of sending them', () => {
    const { output, written } = screen({ isTTY: true });
    output.text('\u001b[31mred');
    expect(written.join('')).not.toContain('\u001b');
  });
});
