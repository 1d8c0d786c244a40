/**
 * Input that can't be used: audio, stems, a model or a question. The command line prints the message
 * in one line and exits with 2; the service answers 422 with the message as `detail`.
 */
export class InputError extends Error {
  override readonly name = "InputError";
}

/** The part of the input that an error is attributed to. */
export type InputSubject = "audio" | "stems" | "model" | "request";

/** An {@link InputError} attributed to a part of the input. It crosses threads as subject and message. */
export class UnusableInputError extends Error {
  override readonly name = "UnusableInputError";
  readonly subject: InputSubject;

  constructor(subject: InputSubject, message: string, options?: ErrorOptions) {
    super(message, options);
    this.subject = subject;
  }
}

/**
 * Runs `work` and attributes its InputErrors to a part of the input.
 *
 * @throws UnusableInputError for an InputError of `work`; any other error unchanged
 */
export async function attributeInputErrors<T>(
  subject: InputSubject,
  work: () => T | Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new UnusableInputError(subject, error.message, { cause: error });
  }
}
