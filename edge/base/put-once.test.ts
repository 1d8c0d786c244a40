import { env } from "cloudflare:workers";
import { describe, expect, it, vi } from "vitest";
import { limitedBucket } from "../test/limited-bucket.ts";
import { putOnce } from "./put-once.ts";

describe("putOnce", () => {
  it("stores an object once, however many do so at once", async () => {
    const bucket = limitedBucket(env.BUCKET);
    const stored = await Promise.all(
      Array.from({ length: 20 }, (_, i) => putOnce(bucket, "put-once/crowd", `content ${i}`)),
    );
    expect(stored.filter(Boolean)).toHaveLength(1);
    const winner = stored.indexOf(true);
    expect(await (await env.BUCKET.get("put-once/crowd"))?.text()).toBe(`content ${winner}`);
    expect(bucket.refused).toBeGreaterThan(0);
  });

  it("writes again after a write of the same key was refused and nothing is there", async () => {
    const bucket = limitedBucket(env.BUCKET);
    await bucket.put("put-once/deleted", "old");
    await env.BUCKET.delete("put-once/deleted");
    expect(await putOnce(bucket, "put-once/deleted", "new")).toBe(true);
    expect(await (await env.BUCKET.get("put-once/deleted"))?.text()).toBe("new");
  });

  it("passes on any other error", async () => {
    const bucket = { put: vi.fn().mockRejectedValue(new Error("put: internal error (10001)")) };
    await expect(putOnce(bucket as unknown as R2Bucket, "key", "")).rejects.toThrow("10001");
    expect(bucket.put).toHaveBeenCalledOnce();
  });
});
