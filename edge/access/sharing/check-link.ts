import { settingsOf } from "../../base/env.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { type LinkQuery, type Shared, shareLinkFault } from "./share-link.ts";

/** @throws ProblemError link-refused, link-expired where it does not show this explanation now */
export async function checkShareLink(
  env: Env,
  shared: Shared,
  link: LinkQuery,
  now: Date,
): Promise<void> {
  const fault = await shareLinkFault(settingsOf(env), shared, link, now);
  if (fault === "forged") {
    const reason = "Its signature does not belong to this explanation and expiry.";
    throw new ProblemError({ kind: "link-refused", reason });
  }
  if (fault === "expired") {
    const at = new Date(Number(link.expires) * 1000).toISOString();
    throw new ProblemError({ kind: "link-expired", at });
  }
}
