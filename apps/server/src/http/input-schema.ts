import { z } from 'zod';

/** What a schema takes, before it is understood, as JSON Schema: what cannot be said there may be anything. */
export function inputSchema(schema: z.core.$ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}
