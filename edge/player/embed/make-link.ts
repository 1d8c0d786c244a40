import type { ShareLink } from "@lemons/shared/contract/sharing";
import { createClient } from "../../client.ts";
import { expectResponse } from "../api/expect-response.ts";

const HOUR_SECONDS = 60 * 60;

/** Lifetime of a signed link; `kept` is the default of the API, which ends with the song. */
export type LinkLifetime = "hour" | "kept";

/**
 * Creates a signed link to a private explanation of the visitor.
 *
 * @throws MessageError; or the signal's reason once it is aborted
 */
export async function makeLink(
  explanation: string,
  lifetime: LinkLifetime,
  signal: AbortSignal,
): Promise<ShareLink> {
  const { explanations } = createClient(location.origin).v1;
  const response = explanations[":explanation"].links.$post(
    {
      param: { explanation },
      json: lifetime === "hour" ? { lifetimeSeconds: HOUR_SECONDS } : {},
    },
    { init: { signal } },
  );
  return (await expectResponse(response, [201], signal)).json();
}
