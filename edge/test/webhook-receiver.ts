import { WebhookPayload } from "@lemons/shared/contract/webhook";
import { vi } from "vitest";

/** A request that the receiver got. */
export interface ReceivedWebhook {
  redirect: string | undefined;
  headers: Record<string, string>;
  text: string;
  payload: WebhookPayload;
}

type Answer = (call: number, signal: AbortSignal) => Response | Promise<Response>;

/**
 * Adds a webhook receiver to the stand-ins of the network.
 *
 * @param url unique to this receiver, so that deliveries of an earlier test go elsewhere
 * @returns the requests it receives, in order
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
