import { WebhookPayload } from "@lemons/shared/contract/webhook";
import { vi } from "vitest";

/** A request as a receiver gets it. */
export interface ReceivedWebhook {
  redirect: string | undefined;
  headers: Record<string, string>;
  text: string;
  payload: WebhookPayload;
}

type Answer = (call: number, signal: AbortSignal) => Response | Promise<Response>;

/**
 * Puts a receiver beside whatever else stands in for the network.
 *
 * @param url of this receiver alone: what an earlier test left waiting goes elsewhere
 * @returns what it gets, in the order in which it comes
 */
export function standInForReceiver(
  url: string,
  answer: Answer = () => new Response(null, { status: 204 }),
): ReceivedWebhook[] {
  const received: ReceivedWebhook[] = [];
  const others = globalThis.fetch;
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    if (input !== url) return others(input, init);
    const text = String(init.body);
    received.push({
      redirect: init.redirect,
      headers: Object.fromEntries(new Headers(init.headers)),
      text,
      payload: WebhookPayload.parse(JSON.parse(text)),
    });
    return answer(received.length, init.signal ?? new AbortController().signal);
  });
  return received;
}
