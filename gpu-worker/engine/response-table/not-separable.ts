/** Why the exact engine cannot serve a model, in terms a program can tell apart. */
export type NotSeparableCode =
  | "head-not-linear"
  | "mixes-time"
  | "recurrent"
  | "global-normalisation"
  | "branches"
  | "ceil-mode"
  | "padding"
  | "varies-in-time"
  | "training-mode"
  | "unsupported-operator"
  | "no-time-pooling";

/**
 * The model is not a chain of local operators with separable pooling. Never an error of the caller:
 * the analysis turns it into a verdict.
 */
export class NotSeparable extends Error {
  override readonly name = "NotSeparable";
  readonly code: NotSeparableCode;

  constructor(code: NotSeparableCode, message: string) {
    super(message);
    this.code = code;
  }
}
