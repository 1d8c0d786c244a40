import type { ShareLink } from "@lemons/shared/contract/sharing";
import { createClient } from "../../client.ts";
import { expectAnswer } from "../answer.ts";

const HOUR_SECONDS = 60 * 60;

/** How long a signed link is to hold: what visitors have is kept for less than what links hold by default. */
export type LinkLifetime = "hour" | "kept";

/**
 * Has a link made that shows a private explanation of the page's visitor.
 *
 * @throws WordedError; or the signal's reason once it is aborted
 */
export async function makeLink(
  explanation: string,
  lifetime: LinkLifetime,
  signal: AbortSignal,
): Promise<ShareLink> {
  const { explanations } = createClient(location.origin).v1;
  const asking = explanations[":explanation"].links.$post(
    {
      param: { explanation },
      json: lifetime === "hour" ? { lifetimeSeconds: HOUR_SECONDS } : {},
    },
    { init: { signal } },
  );
  return (await expectAnswer(asking, [201], signal)).json();
}
