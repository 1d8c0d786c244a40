import { env } from "cloudflare:workers";
import { CatalogueError } from "@lemons/shared/catalogue/parse-listening";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import { beforeEach, describe, expect, it } from "vitest";
import {
  catalogueTrack,
  ENCODER,
  FOLDER,
  seed,
  splitModel,
  wholeModel,
} from "../test/catalogue.ts";
import { resetStorage } from "../test/storage.ts";
import { HEAD, OTHER_HEAD } from "../test/table.ts";
import { findEncoder } from "./encoders.ts";
import { activeModel, findHead } from "./models.ts";
import { seedObjects, seedStatements } from "./seed-sql.ts";
import { findTrack } from "./tracks.ts";

async function everything(): Promise<unknown> {
  const tables = ["tracks", "listeners", "listens", "models"];
  const dumps = tables.map((table) => env.DB.prepare(`SELECT * FROM ${table}`).all());
  return (await Promise.all(dumps)).map(({ results }) => results);
}

beforeEach(async () => {
  await resetStorage();
  await seed();
});

describe("seedStatements", () => {
  it("changes nothing when run again", async () => {
    const before = await everything();
    await seed();
    expect(await everything()).toEqual(before);
  });

  it("stores any text unchanged", async () => {
    const title = `''; DROP TABLE listens; -- "\\' \n ${String.fromCodePoint(0x1f34b)} ?1 :a @b`;
    const tracks = [{ ...catalogueTrack("alpha", "a"), title, licence_url: "https://a.test/?b='" }];
    await seed({ ...FOLDER, catalogue: { format: 1, tracks }, listening: [], stems: new Map() });
    expect(await findTrack(env.DB, TrackId.parse("alpha"), null)).toMatchObject({
      title,
      licenceUrl: "https://a.test/?b='",
    });
    expect((await env.DB.prepare("SELECT count(*) AS n FROM listens").first())?.n).toBe(3);
  });

  it("deletes a waveform only when the sound changes", async () => {
    await seed();
    await env.DB.exec("UPDATE tracks SET peaks = '[0.5]' WHERE id IN ('alpha', 'bravo')");
    const tracks = [catalogueTrack("alpha", "0"), catalogueTrack("bravo", "b")];
    await seed({ ...FOLDER, catalogue: { format: 1, tracks }, listening: [], stems: new Map() });
    expect((await findTrack(env.DB, TrackId.parse("alpha"), null))?.peaks).toEqual([]);
    expect((await findTrack(env.DB, TrackId.parse("bravo"), null))?.peaks).toEqual([0.5]);
  });

  it("activates the seeded model of each listener, also an earlier one", async () => {
    for (const digit of ["5", "7"]) {
      await seed({ ...FOLDER, models: [splitModel("zoe", digit, HEAD)] });
      expect((await activeModel(env.DB, ListenerId.parse("zoe")))?.model.version).toBe(
        digit.repeat(64),
      );
    }
  });

  it("stores a model without a head as its own encoder", async () => {
    await seed({ ...FOLDER, models: [wholeModel("zoe", "4")] });
    expect(await activeModel(env.DB, ListenerId.parse("zoe"))).toMatchObject({
      model: { encoderVersion: "4".repeat(64), headVersion: "4".repeat(64) },
      head: null,
    });
  });

  it("stores heads to the bit, and their encoder", async () => {
    await seed();
    expect((await activeModel(env.DB, ListenerId.parse("abel")))?.head).toEqual(OTHER_HEAD);
    const { id, version } = FOLDER.models[0]!.manifest;
    expect(await findHead(env.DB, id, version)).toEqual(HEAD);
    expect(await findHead(env.DB, id, "0".repeat(64))).toBeNull();
    expect(await findEncoder(env.DB, ENCODER)).toEqual({
      version: ENCODER,
      features: 4,
      frontEnd: DEFAULT_FRONT_END,
      revision: 0,
      pooledTracks: 0,
      silence: null,
    });
  });

  it("stores inactive models beside the active one", async () => {
    const other = { ...splitModel("zoe", "3", OTHER_HEAD), active: false };
    await seed({ ...FOLDER, models: [...FOLDER.models, other] });
    expect((await activeModel(env.DB, ListenerId.parse("zoe")))?.model.version).toBe(
      "7".repeat(64),
    );
    expect(await findHead(env.DB, other.manifest.id, other.manifest.version)).toEqual(OTHER_HEAD);
  });

  it.each([
    [
      "a listen of an unknown track",
      {
        listening: [{ listener: ListenerId.parse("zoe"), track: TrackId.parse("omega"), plays: 1 }],
      },
    ],
    [
      "a listen of an unknown listener",
      {
        listening: [
          { listener: ListenerId.parse("unknown"), track: TrackId.parse("alpha"), plays: 1 },
        ],
      },
    ],
    ["a model of an unknown listener", { models: [splitModel("unknown", "1", HEAD)] }],
    ["missing stems", { stems: new Map() }],
    [
      "an unsupported audio format",
      {
        catalogue: {
          format: 1 as const,
          tracks: [{ ...catalogueTrack("alpha", "a"), file: "a.mid" }],
        },
      },
    ],
    [
      "text with NUL",
      {
        catalogue: {
          format: 1 as const,
          tracks: [{ ...catalogueTrack("alpha", "a"), title: "a\0b" }],
        },
      },
    ],
  ])("rejects %s", async (_what, change) => {
    await expect(seedStatements({ ...FOLDER, listening: [], ...change })).rejects.toThrow(
      CatalogueError,
    );
  });
});

describe("seedObjects", () => {
  it("lists every object with its file or its bytes", () => {
    const shared = splitModel("abel", "8", OTHER_HEAD);
    const manifest = { ...shared.manifest, package: ModelId.parse("pair") };
    const models = [FOLDER.models[0]!, { ...shared, manifest }];
    const objects = new Map(
      seedObjects({ ...FOLDER, models }).map((object) => [
        object.key,
        "bytes" in object ? object.bytes : object.file,
      ]),
    );
    // A head of a shared encoder has no file of its own.
    expect(objects.size).toBe(5 + 2 + 1 + 2);
    expect(objects.get(`audio/${"a".repeat(64)}`)).toBe("audio/alpha.ogg");
    expect(objects.get(`stems/${"f".repeat(64)}/stems/drums`)).toBe("stems/stemmed/drums.flac");
    expect(objects.get(`models/model-zoe/${"7".repeat(64)}/model.json`)).toBe(
      "models/zoe/model.json",
    );
    expect(objects.get(`encoders/${ENCODER}/encoder.onnx`)).toBe(FOLDER.encoders[0]!.onnx);
  });
});
