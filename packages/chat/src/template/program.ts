import { Environment, parse, tokenize } from '@huggingface/jinja';
import { ChatError } from '../error';
import { Budget } from '../jinja/budget';
import { PythonInterpreter } from '../jinja/interpreter';
import { writeAsText } from '../jinja/output';
import { MAX_TEMPLATE_LENGTH } from '../limits';
import { strftime } from './strftime';

/** A template that has been parsed. */
export type Program = ReturnType<typeof parse>;
/** What a template says with `raise_exception`. */
class Refusal extends Error {}

/**
 * Parse a template as transformers does, with `trim_blocks` and `lstrip_blocks`.
 *
 * @throws {@link ChatError} `bad-template`.
 */
export function parseTemplate(source: string): Program {
  if (source.length > MAX_TEMPLATE_LENGTH) {
    throw new ChatError('bad-template', 'the chat template is too long', {
      found: `${source.length} characters`,
      allowed: `at most ${MAX_TEMPLATE_LENGTH}`,
    });
  }
  try {
    const program = parse(tokenize(source, { lstrip_blocks: true, trim_blocks: true }));
    writeAsText(program);
    return program;
  } catch (cause) {
    throw new ChatError('bad-template', 'the chat template cannot be read', {
      // The parser of the library reads on behind the end.
      found: cause instanceof TypeError ? 'its end, within an expression' : messageOf(cause),
      advice: 'Mend it, or use the template that the makers of the model publish.',
      cause,
    });
  }
}

/**
 * Render a template.
 *
 * @param now - what `strftime_now` tells.
 * @throws {@link ChatError} `refused`, `render-failed`, `too-much-work`.
 */
export function runTemplate(
  program: Program,
  variables: Readonly<Record<string, unknown>>,
  now: Date,
): string {
  const budget = new Budget();
  const environment = new Environment();
  const all = { ...variables, ...globals(budget, now) };
  try {
    for (const [name, value] of Object.entries(all)) environment.set(name, value);
    return new PythonInterpreter(environment, budget).run(program).toString();
  } catch (cause) {
    throw asChatError(cause);
  }
}

/** The functions that transformers gives to chat templates, and Jinja's constants. They cannot be taken over by variables. */
function globals(budget: Budget, now: Date): Record<string, unknown> {
  return {
    ...{ true: true, True: true, false: false, False: false, none: null, None: null },
    raise_exception: (message: unknown) => {
      throw new Refusal(String(message));
    },
    strftime_now: (format: unknown) => strftime(now, String(format)),
    range: (...bounds: readonly number[]) => range(budget, bounds),
  };
}

/** Python's `range`: (stop), (start, stop) or (start, stop, step). */
function range(budget: Budget, bounds: readonly number[]): number[] {
  const [start = 0, stop = 0, step = 1] = bounds.length === 1 ? [0, ...bounds] : bounds;
  const length = Math.max(0, Math.ceil((stop - start) / step));
  // A step of 0 makes the length infinite or NaN: both are more than there is to spend.
  budget.spend(Number.isFinite(length) ? length : Infinity);
  return Array.from({ length }, (_, index) => start + index * step);
}

function asChatError(cause: unknown): ChatError {
  if (cause instanceof ChatError) return cause;
  if (cause instanceof Refusal) {
    return new ChatError('refused', 'the chat template refuses the conversation', {
      found: cause.message,
      advice: 'Change the messages as it asks.',
      cause,
    });
  }
  return new ChatError('render-failed', 'the chat template broke while it was rendered', {
    found: messageOf(cause),
    advice: 'Look whether the messages have what the template reads of them.',
    cause,
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
