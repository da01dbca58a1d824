import type { ToolDefinition } from '@halftone/chat';
import type { CallRules } from './engine';
import { EngineError } from './error';

/** UTF-16 units of a name that are told. */
const MAX_TOLD = 64;

/** Names of tools that are told: an agent may have hundreds. */
const MAX_NAMES = 16;

/** @throws EngineError `bad-request` for two tools of one name: a call would not tell which of them it means. */
export function checkTools(tools: readonly ToolDefinition[]): void {
  const names = new Set<string>();
  for (const { function: tool } of tools) {
    if (names.has(tool.name)) {
      throw new EngineError('bad-request', 'two tools have one name', {
        part: 'tools',
        found: `${quoted(tool.name)} twice`,
        allowed: 'a name of its own for each',
      });
    }
    names.add(tool.name);
  }
}

/** @throws EngineError `bad-request` for a call that has to be made, of a tool that is not there. */
export function checkChoice({ choice }: CallRules, tools: readonly ToolDefinition[]): void {
  if (choice === 'auto' || choice === 'none') return;
  if (tools.length === 0) {
    throw new EngineError('bad-request', 'a tool has to be called, and there is none', {
      part: 'calls',
      found: 'no tools',
      allowed: 'one tool or more',
    });
  }
  if (choice === 'required' || tools.some((tool) => tool.function.name === choice.name)) return;
  throw new EngineError('bad-request', 'the tool that has to be called is not there', {
    part: 'calls',
    found: quoted(choice.name),
    allowed: toldNames(tools),
  });
}

function toldNames(tools: readonly ToolDefinition[]): string {
  const names = tools.slice(0, MAX_NAMES).map((tool) => quoted(tool.function.name));
  const more = tools.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function quoted(name: string): string {
  return JSON.stringify(name.slice(0, MAX_TOLD));
}
