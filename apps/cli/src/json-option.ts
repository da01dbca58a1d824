import { object } from '@optique/core/constructs';
import { message, type Message } from '@optique/core/message';
import { withDefault } from '@optique/core/modifiers';
import { flag } from '@optique/core/primitives';
import { UsageError } from './quantize-words';

/** `--json`, where it needs words of its own. */
export function jsonOption(description: Message) {
  return object({ json: withDefault(flag('--json', { description }), false) });
}

/** `--json`, which every command has. */
export const json = jsonOption(message`Print one JSON document instead of text.`);

/** One form of the result at a time. @param other - the option that asks for another form, if it was given. @throws UsageError */
export function refuseSecondForm(isJson: boolean, other: string | undefined): void {
  if (!isJson || other === undefined) return;
  throw new UsageError('usage', 'the result is asked for in two forms', {
    found: `--json and ${other}`,
    allowed: 'one of them',
  });
}
