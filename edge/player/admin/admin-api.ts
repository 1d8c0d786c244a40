import type { BatchFailureList } from "@lemons/shared/contract/batch";
import type { Usage } from "@lemons/shared/contract/usage";
import type { InferResponseType } from "hono/client";
import { createClient } from "../../client.ts";
import { expectResponse } from "../api/expect-response.ts";

type Batches = ReturnType<typeof createClient>["v1"]["batches"];

/** A batch as the client's JSON, whose optional fields differ from the contract's type. */
export type BatchJson = InferResponseType<Batches[":batch"]["$get"], 200>;

/** Data of the admin page. */
export interface Overview {
  usage: Usage;
  batches: BatchJson[];
}

/** Requests of the admin page. */
export interface AdminApi {
  overview(signal: AbortSignal): Promise<Overview>;
  failures(batch: string, signal: AbortSignal): Promise<BatchFailureList>;
  start(): Promise<BatchJson>;
  change(batch: string, how: "retry" | "cancel"): Promise<BatchJson>;
}

/**
 * Creates the API of the page's origin. With an insufficient key, every call throws an
 * UnexpectedResponse of status 401 or 403.
 *
 * @param key API key with the scope `admin`
 */
export function createAdminApi(key: string): AdminApi {
  const { batches, usage } = createClient(location.origin, { key }).v1;
  const one = batches[":batch"];
  return {
    async overview(signal) {
      const init = { signal };
      const [used, listed] = await Promise.all([
        expectResponse(usage.$get({ query: {} }, { init }), [200], signal),
        expectResponse(batches.$get({ query: { limit: "20" } }, { init }), [200], signal),
      ]);
      return { usage: await used.json(), batches: (await listed.json()).batches };
    },
    async failures(batch, signal) {
      const response = one.failures.$get(
        { param: { batch }, query: { limit: "50" } },
        { init: { signal } },
      );
      return (await expectResponse(response, [200], signal)).json();
    },
    async start() {
      return (await expectResponse(batches.$post({ json: {} }), [202])).json();
    },
    async change(batch, how) {
      return (await expectResponse(one[how].$post({ param: { batch } }), [200])).json();
    },
  };
}
