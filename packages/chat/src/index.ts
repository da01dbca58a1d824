export { CALL_ID_LENGTH } from './call-id';
export { ChatError, type ChatErrorCode } from './error';
export { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from './json';
export { MAX_HEAD_LENGTH } from './limits';
export {
  isToolDefinition,
  type AssistantMessage,
  type ChatMessage,
  type MessageContent,
  type OtherPart,
  type SystemMessage,
  type TextPart,
  type ToolCall,
  type ToolDefinition,
  type ToolMessage,
  type UserMessage,
} from './messages';
export type { ChangeKind } from './normalize/change';
export { normalizeMessages, type NormalizedChat } from './normalize/normalize';
export type { CallAbilities, TemplateAbilities } from './template/abilities';
export {
  CHAT_TEMPLATE_KEY,
  chooseChatTemplate,
  readChatTemplates,
  type TemplateMetadata,
} from './template/metadata';
export type { PromptSegment } from './template/protect';
export {
  renderChat,
  renderChatSegments,
  type ChatRequest,
  type RenderedChat,
  type RenderedSegments,
} from './template/render';
export { TextMarks } from './template/text-marks';
export { compileChatTemplate, type ChatTemplate, type SpecialTokenTexts } from './template/template';
export { isToolName } from './parse/characters';
export { AnswerParser, parseAnswer, type AnswerOptions } from './parse/answer-parser';
export { collectAnswer, type Answer, type AnswerCall, type AnswerEvent } from './parse/events';
export {
  answerFormatOf,
  endsInReasoning,
  type AnswerFormat,
  type ReasoningTags,
  type ToolCallFormat,
} from './parse/format';
export {
  DEEPSEEK_MARKS,
  HARMONY_ENDS,
  HARMONY_MARKS,
  HERMES_MARKS,
  MISTRAL_MARKS,
  PYTHON_MARK,
} from './parse/call-marks';
export { wantsText } from './parse/tagged-argument';
export { GLM_TAGS, QWEN_TAGS, type CallTags } from './parse/tagged-reader';
export { formatToolCalls, type WrittenCall } from './format-calls';
