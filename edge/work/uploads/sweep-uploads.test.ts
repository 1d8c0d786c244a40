import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { TEMPORARY_PREFIX, temporaryKey } from "../../base/object-keys.ts";
import { sweepAbandonedUploads } from "./sweep-uploads.ts";

it("deletes temporary uploads that are a day old, and nothing else", async () => {
  const { BUCKET } = env;
  await BUCKET.put(temporaryKey("left-behind"), "x");
  await BUCKET.put("audio/kept", "x");
  const below = async () => (await BUCKET.list({ prefix: TEMPORARY_PREFIX })).objects.length;
  await sweepAbandonedUploads(BUCKET, new Date(Date.now() + 23 * 60 * 60 * 1000));
  expect(await below()).toBe(1);
  await sweepAbandonedUploads(BUCKET, new Date(Date.now() + 25 * 60 * 60 * 1000));
  expect(await below()).toBe(0);
  expect(await BUCKET.head("audio/kept")).not.toBeNull();
});
