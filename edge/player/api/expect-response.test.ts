import { describe, expect, it } from "vitest";
import { MessageError } from "../texts/translate.ts";
import { expectResponse, UnexpectedResponse } from "./expect-response.ts";

interface Answer<Status> {
  status: Status;
  json(): Promise<unknown>;
}

const answering = async (body: string, status: number) =>
  new Response(body, { status }) as Answer<200> | Answer<202>;

describe("expectResponse", () => {
  it("returns an expected response", async () => {
    const answer = await expectResponse(answering("[1]", 202), [200, 202]);
    expect(await answer.json()).toEqual([1]);
  });

  it("throws the server's problem for any other status", async () => {
    const problem = { type: "/problems/missing-scope", title: "Missing scope", status: 403 };
    const detail = "It lacks the scope admin.";
    const refusal = await expectResponse(
      answering(JSON.stringify({ ...problem, detail }), 403),
      [200],
    ).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(UnexpectedResponse);
    expect(refusal).toMatchObject({ status: 403, message: detail });
    await expect(expectResponse(answering(JSON.stringify(problem), 403), [200])).rejects.toThrow(
      "Missing scope",
    );
    await expect(expectResponse(answering("<h1>Bad gateway</h1>", 502), [200])).rejects.toThrow(
      "The server responded with status 502.",
    );
  });

  it("reports an unreachable server, but rethrows an abort", async () => {
    const cause = new TypeError("fetch failed");
    const failure = await expectResponse(Promise.reject<Answer<200>>(cause), [200]).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(MessageError);
    expect(failure).toMatchObject({ key: "problem.network", cause });
    const aborted = AbortSignal.abort();
    await expect(
      expectResponse(Promise.reject<Answer<200>>(aborted.reason), [200], aborted),
    ).rejects.toBe(aborted.reason);
  });
});
