import { RecipeError } from './error';
import { MAX_TEXT_LENGTH } from './limits';
import { readRules } from './text/rules';
import { isScript, scriptRules } from './text/script';
import { sourceLines } from './text/source-line';
import type { Recipe } from './types';

/**
 * Read a recipe from any of the three shapes in which recipes go round: the comma-separated value of `--custom-q`,
 * a file with one rule a line, or a pasted shell script that builds that value.
 *
 * @param text - the recipe
 * @param source - where it came from, for error messages: a path, or `--custom-q`
 * @throws RecipeError when a rule cannot be read, or when there is none
 */
export function parseRecipe(text: string, source: string): Recipe {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new RecipeError('text-too-long', 'the text is too long for a recipe', {
      file: source,
      found: `${text.length} characters`,
      allowed: `at most ${MAX_TEXT_LENGTH}`,
      advice: 'Check that this is a recipe; one pattern can match many tensors.',
    });
  }
  const lines = sourceLines(text);
  const script = isScript(lines) ? scriptRules(lines, source) : undefined;
  const { rules, notes } = readRules(script?.lines ?? lines, source);
  if (rules.length === 0) {
    throw new RecipeError('no-rules', 'the recipe has no rule', {
      file: source,
      advice: 'Write one pattern=type a line.',
    });
  }
  const allNotes = [...(script?.notes ?? []), ...notes].sort((a, b) => a.line - b.line);
  return { source, rules, notes: allNotes };
}

/** The rules of a recipe as text that `parseRecipe` reads back: one a line. */
export function formatRecipe({ rules }: Pick<Recipe, 'rules'>): string {
  return rules.map(({ pattern, format }) => `${pattern}=${format}\n`).join('');
}
