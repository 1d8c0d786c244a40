import { env } from "cloudflare:workers";
import { KeyId } from "@lemons/shared/contract/access";
import { describe, expect, it } from "vitest";
import { enterVisitor } from "../../access/visitor-rows.ts";
import { uploadId } from "../../catalogue/own-ids.ts";
import { insertUpload } from "./uploads.ts";

const LIMITS = { ownerBytes: 100, visitorsBytes: 1_000_000 };
const visitor = (digit: string) => ({
  id: KeyId.parse(digit.repeat(16)),
  expiresAt: new Date(Date.now() + 60_000),
});

async function upload(owner: KeyId, audio: string, bytes: number) {
  const audioSha256 = audio.repeat(64);
  return insertUpload(
    env.DB,
    {
      id: await uploadId(owner, audioSha256),
      owner,
      title: "t",
      artist: "a",
      audioSha256,
      audioType: "audio/wav",
      bytes,
    },
    LIMITS,
  );
}

describe("insertUpload", () => {
  it("counts a visitor's uploads for the first network, whatever network comes later", async () => {
    const [first, second] = [visitor("a"), visitor("b")];
    await enterVisitor(env.DB, first, "home");
    expect(await upload(first.id, "1", 90)).toBe("new");
    await enterVisitor(env.DB, first, "mobile");
    await enterVisitor(env.DB, second, "home");
    expect(await upload(second.id, "2", 20)).toBe("storage-full");
    expect(await upload(first.id, "3", 20)).toBe("storage-full");
    expect(await upload(second.id, "2", 10)).toBe("new");
    const elsewhere = visitor("c");
    await enterVisitor(env.DB, elsewhere, "mobile");
    expect(await upload(elsewhere.id, "4", 100)).toBe("new");
  });
});
