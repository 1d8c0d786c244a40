import type { Problem } from "@lemons/shared/contract/problem";
import type { TextKey } from "../texts/english.ts";
import { MessageError } from "../texts/translate.ts";

/** A response of the typed client. */
interface ClientResponse {
  readonly status: number;
  json(): Promise<unknown>;
}

/** A response with an unexpected status, described by the server's problem if there is one. */
export class UnexpectedResponse extends MessageError {
  readonly status: number;

  constructor(status: number, key: TextKey, values: Record<string, string | number>) {
    super(key, values);
    this.status = status;
  }
}

/**
 * Waits for a response of the HTTP API. The body isn't validated: the server guarantees the contract,
 * and the schemas would make the player several times as large.
 *
 * @param expected statuses that the caller handles
 * @throws UnexpectedResponse if the status is another one
 * @throws MessageError if the server can't be reached; or the signal's reason once it is aborted
 */
export async function expectResponse<
  Response extends ClientResponse,
  Status extends Response["status"],
>(
  request: Promise<Response>,
  expected: readonly Status[],
  signal?: AbortSignal,
): Promise<Extract<Response, { status: Status }>> {
  let response: Response;
  try {
    response = await request;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new MessageError("problem.network", {}, { cause: error });
  }
  if (isExpected(response, expected)) return response;
  const { status } = response;
  const problem = (await response.json().catch(() => null)) as Problem | null;
  const reason = problem?.detail ?? problem?.title;
  throw reason === undefined
    ? new UnexpectedResponse(status, "problem.status", { status })
    : new UnexpectedResponse(status, "problem.response", { status, reason });
}

function isExpected<Response extends ClientResponse, Status extends Response["status"]>(
  response: Response,
  expected: readonly Status[],
): response is Extract<Response, { status: Status }> {
  return expected.some((status) => status === response.status);
}
