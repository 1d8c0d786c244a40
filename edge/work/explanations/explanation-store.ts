import { KeyId } from "@lemons/shared/contract/access";
import { type Highlight, PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationId } from "@lemons/shared/contract/identifier";
import type { Ownership } from "../../access/caller.ts";
import { explanationKey, highlightKey, questionKey } from "../../base/object-keys.ts";
import { ExplanationTask } from "./explanation-task.ts";

const JSON_TYPE = { httpMetadata: { contentType: "application/json" } };

/** A finished explanation as it lies in the store. */
export interface StoredExplanation {
  explanation: PublishedExplanation;
  etag: string;
  storedAt: Date;
  ownership: Ownership;
}

/** Stores what is asked, when it is first asked. */
export async function storeQuestion(bucket: R2Bucket, task: ExplanationTask): Promise<void> {
  await bucket.put(questionKey(task.id), JSON.stringify(task), JSON_TYPE);
}

/** What an id stands for, or null where nobody has asked. */
export async function findQuestion(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<ExplanationTask | null> {
  const object = await bucket.get(questionKey(id));
  return object === null ? null : ExplanationTask.parse(await object.json());
}

/** Stores a finished explanation: the last thing written, and never written again. */
export async function storeExplanation(
  bucket: R2Bucket,
  explanation: PublishedExplanation,
  { owner, isPrivateTrack }: Ownership,
): Promise<void> {
  await bucket.put(explanationKey(explanation.id), JSON.stringify(explanation), {
    ...JSON_TYPE,
    ...(owner === null
      ? {}
      : { customMetadata: { owner, own: isPrivateTrack ? "track" : "listener" } }),
    onlyIf: { etagDoesNotMatch: "*" },
  });
}

/** A finished explanation, or null. */
export async function findExplanation(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<StoredExplanation | null> {
  const object = await bucket.get(explanationKey(id));
  if (object === null) return null;
  return {
    explanation: PublishedExplanation.parse(await object.json()),
    etag: object.httpEtag,
    storedAt: object.uploaded,
    ownership: storedOwnership(object),
  };
}

/** Whose a finished explanation is, and since when it is there; null where it is not. */
export async function findStanding(
  bucket: R2Bucket,
  id: ExplanationId,
): Promise<Pick<StoredExplanation, "ownership" | "storedAt"> | null> {
  const object = await bucket.head(explanationKey(id));
  return object === null ? null : { ownership: storedOwnership(object), storedAt: object.uploaded };
}

/** To whom a stored explanation belongs. */
export function storedOwnership({ customMetadata }: R2Object): Ownership {
  return {
    owner: KeyId.nullable().parse(customMetadata?.owner ?? null),
    isPrivateTrack: customMetadata?.own !== "listener",
  };
}

/** Whether an explanation is finished. */
export async function isExplained(bucket: R2Bucket, id: ExplanationId): Promise<boolean> {
  return (await bucket.head(explanationKey(id))) !== null;
}

/** Whether a highlight's audio has arrived. */
export async function hasHighlight(
  bucket: R2Bucket,
  id: ExplanationId,
  name: Highlight["name"],
): Promise<boolean> {
  const object = await bucket.head(highlightKey(id, name));
  return object !== null && object.size > 0;
}
