/** One of the answers that a question offers. */
export interface ChoiceAnswer {
  /** The whole text as the model reads it: question and answer. */
  readonly text: string;
  /**
   * The text up to the end of what tells the answers apart. Where it is given, what follows it is scored: it is the same in
   * all answers (Winogrande).
   */
  readonly stem?: string;
  readonly isCorrect: boolean;
}

/** A question with several answers, of which a model chooses the one that it finds the most likely. */
export interface ChoiceTask {
  readonly answers: readonly ChoiceAnswer[];
}
