import { object } from '@optique/core/constructs';
import { message } from '@optique/core/message';
import { withDefault } from '@optique/core/modifiers';
import { flag } from '@optique/core/primitives';

/** `--json`, which every command has. */
export const json = object({
  json: withDefault(
    flag('--json', { description: message`Print one JSON document instead of text.` }),
    false,
  ),
});
