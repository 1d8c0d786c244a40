import type { Batch, BatchFailureList } from "@lemons/shared/contract/batch";
import type { Usage } from "@lemons/shared/contract/usage";
import { createClient } from "../../client.ts";
import { expectResponse } from "../api/expect-response.ts";

/** Data of the admin page. */
export interface Overview {
  usage: Usage;
  batches: Batch[];
}

/** Requests of the admin page. */
export interface AdminApi {
  overview(signal: AbortSignal): Promise<Overview>;
  failures(batch: string, signal: AbortSignal): Promise<BatchFailureList>;
  start(): Promise<Batch>;
  change(batch: string, how: "retry" | "cancel"): Promise<Batch>;
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
