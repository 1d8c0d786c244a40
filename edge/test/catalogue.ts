import { env } from "cloudflare:workers";
import type { CatalogueTrack } from "@lemons/shared/contract/catalogue";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId, TrackId } from "@lemons/shared/contract/identifier";
import type { LinearHead } from "@lemons/shared/model/linear-head";
import type { CatalogueFolder, CatalogueModel } from "../catalogue/catalogue-folder.ts";
import { seedObjects, seedStatements } from "../catalogue/seed-sql.ts";
import { HEAD, OTHER_HEAD } from "./table.ts";

/** A small catalogue: two listeners whose models share an encoder, five tracks, one with stems. */

const hash = (digit: string) => digit.repeat(64);

export const ENCODER = hash("e");
export const STEM_HASHES = { vocals: hash("1"), drums: hash("2") };

export function catalogueTrack(slug: string, digit: string): CatalogueTrack {
  return {
    slug: TrackId.parse(slug),
    title: `The "${slug}" o'clock`,
    artist: "Robert'); DROP TABLE tracks;--",
    file: `audio/${slug}.ogg`,
    duration_s: 30,
    sha256: hash(digit),
    licence: "CC0-1.0",
    licence_url: null,
    changes: "none",
    source: { package: "music-of-tests", deb: "music-of-tests_1_all.deb" },
    tags_from_source: [{ tag: "calm", evidence: "title" }],
    measured: {},
  };
}

/** A model that was split into the encoder of the tests and a head. */
export function splitModel(listener: string, digit: string, head: LinearHead): CatalogueModel {
  return {
    folder: `models/${listener}`,
    active: true,
    head,
    manifest: {
      id: ModelId.parse(`model-${listener}`),
      listener: ListenerId.parse(listener),
      version: hash(digit),
      encoderVersion: ENCODER,
      headVersion: hash(digit),
      frontEnd: DEFAULT_FRONT_END,
      input: "logmel",
      output: "logit",
    },
  };
}

/** A model without a head. */
export function wholeModel(listener: string, digit: string): CatalogueModel {
  const {
    encoderVersion: _encoder,
    headVersion: _head,
    ...manifest
  } = splitModel(listener, digit, HEAD).manifest;
  return { folder: `models/${listener}`, active: true, head: null, manifest };
}

export const FOLDER: CatalogueFolder = {
  catalogue: {
    format: 1,
    tracks: [
      catalogueTrack("alpha", "a"),
      catalogueTrack("bravo", "b"),
      catalogueTrack("charlie", "c"),
      catalogueTrack("delta", "d"),
      { ...catalogueTrack("stemmed", "f"), stems: "stems/stemmed" },
    ],
  },
  listeners: {
    listeners: [
      { id: ListenerId.parse("zoe"), name: "Zoë", taste: "Calm." },
      { id: ListenerId.parse("abel"), name: "Abel", taste: "Loud." },
    ],
  },
  listening: [
    { listener: ListenerId.parse("zoe"), track: TrackId.parse("alpha"), plays: 2 },
    { listener: ListenerId.parse("zoe"), track: TrackId.parse("bravo"), plays: 7 },
    { listener: ListenerId.parse("abel"), track: TrackId.parse("charlie"), plays: 1 },
  ],
  encoders: [
    {
      version: ENCODER,
      features: HEAD.weights.length,
      frontEnd: DEFAULT_FRONT_END,
      onnx: new TextEncoder().encode("as good as an encoder"),
    },
  ],
  models: [splitModel("zoe", "7", HEAD), splitModel("abel", "8", OTHER_HEAD)],
  stems: new Map([
    [
      TrackId.parse("stemmed"),
      Object.entries(STEM_HASHES).map(([source, sha256]) => ({
        source,
        file: `stems/stemmed/${source}.flac`,
        sha256,
      })),
    ],
  ]),
};

/** Recognizable bytes: 0, 1, 2, … */
export const AUDIO_BYTES = Uint8Array.from({ length: 1000 }, (_, i) => i % 256);

/** Seeds the test's D1 and R2. */
export async function seed(folder: CatalogueFolder = FOLDER): Promise<void> {
  const statements = await seedStatements(folder);
  await env.DB.batch(statements.map((sql) => env.DB.prepare(sql)));
  await Promise.all(
    seedObjects(folder).map((object) =>
      env.BUCKET.put(object.key, "bytes" in object ? object.bytes : AUDIO_BYTES),
    ),
  );
}
