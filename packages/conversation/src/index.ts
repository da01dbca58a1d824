export {
  ChatPrompter,
  type ChatPrompt,
  type ChatPromptOptions,
  type ChatPromptRequest,
  type GivenTemplate,
} from './chat-prompter';
export { answerMessage } from './answer-message';
export { RememberedAnswers, type RememberedAnswersOptions, type SavedAnswer } from './remembered-answers';
