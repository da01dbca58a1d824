export { ChatError, type ChatErrorCode } from './error';
export type { JsonObject, JsonValue } from './json';
export type {
  AssistantMessage,
  ChatMessage,
  MessageContent,
  OtherPart,
  SystemMessage,
  TextPart,
  ToolCall,
  ToolDefinition,
  ToolMessage,
  UserMessage,
} from './messages';
export type { ChangeKind } from './normalize/change';
export { normalizeMessages, type NormalizedChat } from './normalize/normalize';
export type { CallShape, TemplateAbilities } from './template/abilities';
export { chooseChatTemplate, readChatTemplates, type TemplateMetadata } from './template/metadata';
export type { PromptSegment } from './template/protect';
export {
  renderChat,
  renderChatSegments,
  type ChatRequest,
  type RenderedChat,
  type RenderedSegments,
} from './template/render';
export { compileChatTemplate, type ChatTemplate, type SpecialTokenTexts } from './template/template';
export { AnswerParser, parseAnswer, type AnswerOptions } from './parse/answer-parser';
export { collectAnswer, type Answer, type AnswerCall, type AnswerEvent } from './parse/events';
export {
  answerFormatOf,
  endsInReasoning,
  type AnswerFormat,
  type ReasoningTags,
  type ToolCallFormat,
} from './parse/format';
export { randomCallId } from './parse/ids';
export { formatToolCalls, type WrittenCall } from './format-calls';
