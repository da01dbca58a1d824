import type { ToolDefinition } from '@halftone/chat';
import { GrammarError, SchemaCompiler, type CompiledSchema } from '@halftone/grammar';

/** By name of the tool: what its arguments may be. */
export type ToolSchemas = ReadonlyMap<string, CompiledSchema>;

/**
 * What the arguments of tools may be. References lead to places within the parameters of the same tool. A regular expression that cannot be
 * followed binds nothing, unless the tool is `strict`: one odd pattern does not keep an agent from all its tools.
 *
 * @throws GrammarError for a schema that cannot be followed.
 */
export function compileTools(compiler: SchemaCompiler, tools: readonly ToolDefinition[]): ToolSchemas {
  return new Map(tools.map((tool) => [tool.function.name, compileTool(compiler, tool)]));
}

function compileTool(
  compiler: SchemaCompiler,
  { function: { name, parameters, strict } }: ToolDefinition,
): CompiledSchema {
  try {
    // A tool without parameters takes an object all the same.
    const isStrict = strict === true;
    return compiler.compile({ type: 'object', ...parameters }, { isStrict, isExact: isStrict });
  } catch (error) {
    if (!(error instanceof GrammarError)) throw error;
    throw new GrammarError(error.code, `the parameters of the tool ${name}: ${error.what}`, error.facts);
  }
}
