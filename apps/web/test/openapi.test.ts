import { describe, expect, it } from 'vitest';
import { operationGroups, typeOf, type OpenApiDocument, type Schema } from '../src/page/reference/openapi';

const message = (role: string): Schema => ({
  type: 'object',
  properties: { role: { type: 'string', const: role }, content: { type: 'string' } },
  required: ['role', 'content'],
});
const schema: Schema = {
  type: 'object',
  properties: {
    stream: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
    messages: { type: 'array', items: { oneOf: [message('system'), message('user')] } },
  },
  required: ['messages'],
};
const document: OpenApiDocument = {
  info: { title: 'Test', version: '1' },
  paths: {
    '/a': {
      post: {
        summary: 'Asks.',
        tags: ['One'],
        requestBody: { content: { 'application/json': { schema } } },
        responses: { 200: { description: 'Done.' } },
      },
      get: { tags: ['Two'], responses: {} },
    },
  },
};

describe('an OpenAPI document', () => {
  it('becomes operations by API, with their fields and a command line', () => {
    const [one, two] = operationGroups(document, 'http://here');
    expect(two?.operations).toMatchObject([
      { method: 'GET', path: '/a', fields: [], example: 'curl http://here/a' },
    ]);
    expect(one).toMatchObject({
      name: 'One',
      operations: [{ id: 'post-a', method: 'POST', summary: 'Asks.' }],
    });
    const [operation] = one?.operations ?? [];
    expect(operation?.fields).toEqual([
      {
        name: 'messages',
        type: 'object[]',
        isRequired: true,
        fields: [
          { name: 'role', type: '"system" | "user"', isRequired: true, fields: [] },
          { name: 'content', type: 'string', isRequired: true, fields: [] },
        ],
      },
      { name: 'stream', type: 'boolean', isRequired: false, fields: [] },
    ]);
    expect(operation?.example).toContain(`-d '{"messages":[{"role":"user","content":"Hello!"}]}'`);
    expect(operation?.answers).toEqual([{ status: '200', about: 'Done.' }]);
  });

  it.each<[Schema, string]>([
    [{ type: 'integer', minimum: 1, maximum: 8 }, 'integer 1 to 8'],
    [{ type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }, 'integer'],
    [{ type: ['number', 'null'] }, 'number'],
    [{ enum: ['a', 'b'] }, '"a" | "b"'],
    [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'integer' }] } }, '(string | integer)[]'],
    [{}, 'any'],
  ])('%j is %s', (of, told) => {
    expect(typeOf(of)).toBe(told);
  });
});
