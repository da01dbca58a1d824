import { probeAbilities, type TemplateAbilities } from './abilities';
import { parseTemplate, runTemplate } from './program';

/** The texts of a vocabulary's special tokens, by the names that transformers gives them. */
export interface SpecialTokenTexts {
  readonly bos_token?: string;
  readonly eos_token?: string;
  readonly unk_token?: string;
  readonly sep_token?: string;
  readonly pad_token?: string;
  readonly cls_token?: string;
  readonly mask_token?: string;
}

/** A chat template, ready to be rendered. */
export interface ChatTemplate {
  /** The template in Jinja. */
  readonly source: string;
  /** What it can do with messages. Found out by rendering small conversations, the first time that someone asks. */
  readonly abilities: TemplateAbilities;
  /**
   * Render with these variables as they are: no message is changed. {@link renderChat} is what most callers want.
   *
   * @throws {@link ChatError} `refused`, `render-failed`, `too-much-work`.
   */
  render(variables: Readonly<Record<string, unknown>>, now?: Date): string;
}

/**
 * Make a template of its source.
 *
 * @param tokens - the texts of `bos_token` and its like, which templates write out. One that is missing is empty.
 * @throws {@link ChatError} `bad-template`.
 */
export function compileChatTemplate(source: string, tokens: SpecialTokenTexts = {}): ChatTemplate {
  const program = parseTemplate(source);
  // transformers always defines these; a template may not ask whether they are there before it uses them.
  const usual = { bos_token: '', eos_token: '', ...tokens, tools: null, documents: null };
  const render = (variables: Readonly<Record<string, unknown>>, now = new Date()): string =>
    runTemplate(program, { ...usual, ...variables }, now);
  let abilities: TemplateAbilities | undefined;
  return {
    source,
    render,
    get abilities() {
      return (abilities ??= probeAbilities(render));
    },
  };
}
