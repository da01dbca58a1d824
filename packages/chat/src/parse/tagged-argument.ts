/** How Python writes what JSON writes otherwise. */
const pythonWords: ReadonlyMap<string, string> = new Map([
  ['True', 'true'],
  ['False', 'false'],
  ['None', 'null'],
]);

/** A value that stands between tags, in JSON: a text where the schema wants one, or what it is in JSON or in Python, if it is any. */
export function argumentOf(text: string, schema: unknown): string {
  const value = pythonWords.get(text.trim()) ?? text.trim();
  return wantsText(schema) || !isJson(value) ? JSON.stringify(text) : value;
}

/** Whether an argument between tags is taken for a text as it stands, by its schema; else it is JSON, if it can be. */
export function wantsText(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { type, enum: choices } = schema as { readonly type?: unknown; readonly enum?: unknown };
  if (type !== undefined) return type === 'string';
  return Array.isArray(choices) && choices.every((choice) => typeof choice === 'string');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
