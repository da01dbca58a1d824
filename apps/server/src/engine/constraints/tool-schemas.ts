import { isToolName, type ToolDefinition } from '@halftone/chat';
import { GrammarError, SchemaCompiler, type CompiledSchema } from '@halftone/grammar';

/** By name of the tool: what its arguments may be. */
export type ToolSchemas = ReadonlyMap<string, CompiledSchema>;

/**
 * What the arguments of tools may be. References lead to places within the parameters of the same tool. A regular expression that cannot be
 * followed binds nothing, unless the tool is `strict`: one odd pattern does not keep an agent from all its tools.
 *
 * @throws GrammarError for a name that no call can have, for parameters that are no object, and for a schema that cannot be followed.
 */
export function compileTools(compiler: SchemaCompiler, tools: readonly ToolDefinition[]): ToolSchemas {
  return new Map(tools.map((tool) => [tool.function.name, compileTool(compiler, tool)]));
}

function compileTool(
  compiler: SchemaCompiler,
  { function: { name, parameters, strict } }: ToolDefinition,
): CompiledSchema {
  if (!isToolName(name)) {
    throw new GrammarError('bad-grammar', 'a tool has a name that calls cannot have', {
      found: JSON.stringify(name.slice(0, 64)),
      allowed: 'letters, digits and _ . : / -, at most 256',
    });
  }
  const { type = 'object' } = parameters ?? {};
  if (type !== 'object' && !(Array.isArray(type) && type.includes('object'))) {
    throw new GrammarError('bad-grammar', `the parameters of the tool ${name} are no object`, {
      found: JSON.stringify(type).slice(0, 64),
      allowed: '"object"',
    });
  }
  try {
    // A tool without parameters takes an object all the same.
    const isStrict = strict === true;
    return compiler.compile({ ...parameters, type: 'object' }, { isStrict, isExact: isStrict });
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    throw new GrammarError(error.code, `the parameters of the tool ${name}: ${error.what}`, error.facts);
  }
}
