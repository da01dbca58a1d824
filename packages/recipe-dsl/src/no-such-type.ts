import { activationTypes, formatNames, formats } from '@halftone/quant-formats';
import { RecipeError } from './error';
import { didYouMean, quoted } from './suggest';
import { writableNames } from './type-facts';

/** Names of the types that ggml keeps for activations. */
const activationNames: ReadonlySet<string> = new Set([
  ...formatNames.filter((name) => formats[name].family === 'activation'),
  ...activationTypes.map(({ name }) => name),
]);

/**
 * The error for a word that is no type a plan can name: `activation-type` for one of ggml's types that weights are never stored in,
 * else `unknown-type`.
 *
 * @param what - what is said of a word that names nothing
 */
export function noSuchType(
  found: string,
  what: string,
  where: { readonly file?: string; readonly line?: number; readonly option?: string } = {},
): RecipeError {
  const { option, ...place } = where;
  const facts = { ...place, found: quoted(found), allowed: writableNames.join(', ') };
  const before = option === undefined ? '' : `--${option}: `;
  if (activationNames.has(found)) {
    return new RecipeError(
      'activation-type',
      `${before}the type is of activations: no tensor is stored in it`,
      {
        ...facts,
        advice: 'Take q8_0 for 8 bits a weight.',
      },
    );
  }
  return new RecipeError('unknown-type', `${before}${what}`, {
    ...facts,
    advice: didYouMean(found, writableNames) ?? 'Take one of the allowed types.',
  });
}
