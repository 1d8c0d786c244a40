import type { Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import { hasHighlight } from "./explanation-store.ts";

/** Highlights that an explanation promises and whose audio is not in the store. */
export async function missingHighlights(
  bucket: R2Bucket,
  { id, highlights }: Pick<PublishedExplanation, "id" | "highlights">,
): Promise<Highlight["name"][]> {
  const promised = highlights.filter(({ file, audio }) => file !== null && audio === null);
  const isThere = await Promise.all(promised.map(({ name }) => hasHighlight(bucket, id, name)));
  return promised.filter((_, i) => !isThere[i]).map(({ name }) => name);
}
