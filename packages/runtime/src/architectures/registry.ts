import { metadataString, type GgufFile } from '@halftone/gguf-io';
import { RuntimeError } from '../error';
import type { Architecture } from './architecture';
import { llama } from './llama';
import { mistral3 } from './mistral3';
import { qwen2 } from './qwen2';
import { qwen3 } from './qwen3';
import { qwen3moe } from './qwen3moe';

const architectures: ReadonlyMap<string, Architecture> = new Map(
  [llama, mistral3, qwen2, qwen3, qwen3moe].map((architecture) => [architecture.name, architecture]),
);

/** Names of the architectures that can be run. */
export const architectureNames: readonly string[] = [...architectures.keys()];

/**
 * The architecture of a file.
 *
 * @throws RuntimeError `missing-key` where the file names none, `unknown-architecture` where there is no program for it.
 */
export function architectureOf({ metadata, source }: GgufFile): Architecture {
  const name = metadataString(metadata, 'general.architecture', source.name);
  if (name === undefined) {
    throw new RuntimeError('missing-key', 'the metadata have no "general.architecture"', {
      file: source.name,
      advice: 'The file is no language model, or was converted with a faulty program.',
    });
  }
  const architecture = architectures.get(name);
  if (architecture !== undefined) return architecture;
  throw new RuntimeError('unknown-architecture', 'there is no program for the architecture of the model', {
    file: source.name,
    found: name,
    allowed: architectureNames.join(', '),
  });
}
