import { readFileSync } from 'node:fs';
import { compileChatTemplate, type ChatTemplate } from '../src/index';

/** A template of `templates/`, with the special tokens that the goldens were made with. */
export function template(name: string): ChatTemplate {
  const source = readFileSync(new URL(`templates/${name}.jinja`, import.meta.url), 'utf8');
  return compileChatTemplate(source, { bos_token: '<s>', eos_token: '</s>' });
}

/** A file of `goldens/`. */
export function golden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`goldens/${name}`, import.meta.url), 'utf8'));
}

export const templateNames = [
  'demo-10M',
  'mistralai-Ministral-3-14B-Reasoning-2512',
  'Mistral-Small-3.2-24B-Instruct-2506',
  'mistralai-Mistral-Nemo-Instruct-2407',
  'Qwen-Qwen2.5-7B-Instruct',
  'Qwen-Qwen3-0.6B',
  'deepseek-ai-DeepSeek-R1-Distill-Qwen-32B',
  'microsoft-Phi-3.5-mini-instruct',
  'Qwen3-Coder',
  'GLM-4.6',
];
