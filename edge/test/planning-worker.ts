import { BatchId, BatchMessage, BatchRequest } from "@lemons/shared/contract/batch";
import { z } from "zod";
import { createBatch } from "../batch/change-batch.ts";
import { consume } from "../batch/consume.ts";
import { countedEnv } from "./counted-env.ts";
import { fillCatalogue, fillFeatures } from "./large-catalogue.ts";

export * from "../index.ts";

/**
 * The Worker of `npm run bench -- batch`: the service's consumer, but the bench sends each message, and the
 * response counts the calls to D1 and R2 and lists the messages sent.
 */

const Size = z.object({ tracks: z.int().positive(), listeners: z.int().positive() });

export default {
  async fetch(request, env): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (request.method !== "POST") return new Response("ready");
    const body: unknown = await request.json();
    switch (pathname) {
      case "/catalogue":
        await fillCatalogue(env.DB, Size.parse(body));
        return Response.json({});
      case "/features":
        await fillFeatures(env, Size.parse(body));
        return Response.json({});
      case "/batch": {
        const { env: counted, counts } = countedEnv(env);
        const { id, request: wanted } = z
          .object({ id: BatchId, request: BatchRequest })
          .parse(body);
        await createBatch(counted, { id, origin: "request", request: wanted });
        return Response.json(counts);
      }
      case "/message": {
        const { env: counted, counts } = countedEnv(env);
        await take(counted, BatchMessage.parse(body));
        return Response.json(counts);
      }
      case "/rows": {
        const { sql } = z.object({ sql: z.string() }).parse(body);
        return Response.json((await env.DB.prepare(sql).all()).results);
      }
      default:
        return new Response(null, { status: 404 });
    }
  },
} satisfies ExportedHandler<Env>;

/** @throws Error if the consumer would have the message delivered again */
async function take(env: Env, body: BatchMessage): Promise<void> {
  let isAcknowledged = false;
  const acknowledge = () => {
    isAcknowledged = true;
  };
  await consume(env, {
    queue: "lemons-batch",
    messages: [{ id: "1", timestamp: new Date(), body, attempts: 1, ack: acknowledge, retry() {} }],
    metadata: { metrics: { backlogCount: 0, backlogBytes: 0 } },
    ackAll: acknowledge,
    retryAll() {},
  });
  if (!isAcknowledged) throw new Error("the turn failed; the log says why");
}
