/**
 * What the caller gave cannot be worked with. The command line prints the message in one line and
 * exits with 2; the service answers 422 with the message as `detail`.
 */
export class InputError extends Error {
  override readonly name = "InputError";
}
