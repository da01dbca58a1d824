import { expect, it } from 'vitest';
import { ChatError, compileChatTemplate } from '../src/index';
import { golden } from './fixtures';

const { variables, templates } = golden('expressions.json') as {
  variables: Readonly<Record<string, unknown>>;
  templates: readonly string[];
};
type Evaluated = { readonly text: string } | { readonly refused: string } | { readonly broken: string };
const evaluated = golden('evaluated.json') as readonly Evaluated[];

it.each(templates.map((source, place) => [source, evaluated[place]] as const))(
  '%s is what Jinja2 makes of it',
  (source, expected) => {
    if (expected === undefined) throw new Error('the goldens have to be made again');
    const render = (): string => compileChatTemplate(source).render(variables);
    if ('text' in expected) expect(render()).toBe(expected.text);
    // Its errors have words of their own; what a template says itself has not.
    else expect(render).toThrow('broken' in expected ? ChatError : `found ${expected.refused}`);
  },
);
