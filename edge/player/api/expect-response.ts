import type { Problem } from "@lemons/shared/contract/problem";
import type { TextKey } from "../texts/english.ts";
import { MessageError } from "../texts/translate.ts";

/** What the typed client answers. */
interface ClientAnswer {
  readonly status: number;
  json(): Promise<unknown>;
}

/** An answer other than those expected, in the service's own words. */
export class UnexpectedResponse extends MessageError {
  readonly status: number;

  constructor(status: number, key: TextKey, values: Record<string, string | number>) {
    super(key, values);
    this.status = status;
  }
}

/**
 * Waits for an answer of the HTTP API. Its body is not held to the contract again: the service keeps
 * it, and the schemas would make the player several times as large.
 *
 * @param expected statuses that the caller has a use for
 * @throws UnexpectedResponse where the status is another one
 * @throws MessageError where the service cannot be reached; or the signal's reason once it is aborted
 */
export async function expectResponse<Answer extends ClientAnswer, Status extends Answer["status"]>(
  asking: Promise<Answer>,
  expected: readonly Status[],
  signal?: AbortSignal,
): Promise<Extract<Answer, { status: Status }>> {
  let answer: Answer;
  try {
    answer = await asking;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new MessageError("problem.network", {}, { cause: error });
  }
  if (isExpected(answer, expected)) return answer;
  const { status } = answer;
  const problem = (await answer.json().catch(() => null)) as Problem | null;
  const reason = problem?.detail ?? problem?.title;
  throw reason === undefined
    ? new UnexpectedResponse(status, "problem.status", { status })
    : new UnexpectedResponse(status, "problem.other", { reason });
}

function isExpected<Answer extends ClientAnswer, Status extends Answer["status"]>(
  answer: Answer,
  expected: readonly Status[],
): answer is Extract<Answer, { status: Status }> {
  return expected.some((status) => status === answer.status);
}
