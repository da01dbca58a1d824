import { z } from 'zod';
import { allowedBy } from './allowed';
import { fieldError, type HttpError } from './errors';
import { shortJson } from './short-json';

/** The largest whole number that is read as itself. */
const MOST = Number.MAX_SAFE_INTEGER;

/** What is said of a value that a schema refuses: what it is, and what it may be. For `safeParse`. */
export function issueMessage(issue: z.core.$ZodRawIssue): string {
  // The name of a member has a schema of its own, which has said what is wrong.
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => message).join(', ');
  const { input, schema, inst } = issue;
  const refusing = schema ?? (inst instanceof z.core.$ZodType ? inst : undefined);
  if (refusing === undefined) throw new Error(`nothing is known of an issue but ${issue.code}`);
  if (refusing instanceof z.ZodDiscriminatedUnion && issue.code === 'invalid_union') {
    const { discriminator } = refusing.def;
    return foundAndAllowed(memberOf(input, discriminator), tagsOf(refusing, discriminator));
  }
  const isTooLarge = issue.code === 'too_big' && issue.maximum === MOST;
  return foundAndAllowed(input, isTooLarge ? `at most ${MOST}` : allowedBy(refusing));
}

function foundAndAllowed(found: unknown, allowed: string): string {
  return `found ${shortJson(found)}, allowed ${allowed}`;
}

/** What an object may say of itself, so that it is of one of the forms of a union. */
function tagsOf(union: z.ZodDiscriminatedUnion, discriminator: string): string {
  const tags = z.literal(
    [...(union._zod.propValues[discriminator] ?? [])].filter((tag) => typeof tag === 'string'),
  );
  return allowedBy(union.description === undefined ? tags : tags.describe(union.description));
}

function memberOf(object: unknown, name: string): unknown {
  return Object.entries(object as object).find(([one]) => one === name)?.[1];
}

/** A body that is not what the schema says: the first thing that is wrong. */
export function schemaError(error: z.ZodError): HttpError {
  const [issue] = error.issues;
  if (issue === undefined) throw new Error('an error has no issue');
  const { path, message } = toldIssue(issue);
  return fieldError(path.map(String).join('.'), message);
}

type Issue = z.core.$ZodIssue;

/** Of a value that may have several forms, what is wrong with the form that it comes closest to. */
function toldIssue(issue: Issue): { readonly path: readonly PropertyKey[]; readonly message: string } {
  // The name of a field that a client made up is a part of what it says.
  if (issue.code === 'invalid_key') return { path: issue.path.slice(0, -1), message: issue.message };
  if (issue.code !== 'invalid_union') return issue;
  const forms = issue.errors.filter((issues) => !issues.some(isOtherForm));
  const [closest] = forms.toSorted((one, other) => one.length - other.length);
  const [first] = closest ?? [];
  if (first === undefined) return issue;
  const { path, message } = toldIssue(first);
  return { path: [...issue.path, ...path], message };
}

/** Whether the value is not even of the type of the form, or says itself that it is another one. */
function isOtherForm({ code, path }: Issue): boolean {
  if (path.length === 0) return code === 'invalid_type' || code === 'invalid_value';
  return code === 'invalid_value' && path.join('.') === 'type';
}
