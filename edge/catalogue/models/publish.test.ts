import { env } from "cloudflare:workers";
import { DEFAULT_FRONT_END } from "@lemons/shared/contract/front-end";
import { ListenerId, ModelId } from "@lemons/shared/contract/identifier";
import { PublishedModels, type SharedModelManifest } from "@lemons/shared/contract/model";
import { sha256Hex } from "@lemons/shared/identity/sha256";
import { encodeHeads } from "@lemons/shared/model/heads-file";
import {
  headBytes,
  headVersionOf,
  type LinearHead,
  versionOfParts,
} from "@lemons/shared/model/linear-head";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { z } from "zod";
import { seed } from "../../test/catalogue.ts";
import {
  type Calls,
  lines,
  putBytes,
  standInForGpuWorker,
} from "../../test/gpu-worker-stand-in.ts";
import { makeKey, type TestKey } from "../../test/keys.ts";
import { post, problemOf, request } from "../../test/request.ts";
import { resetStorage } from "../../test/storage.ts";
import { HEAD, OTHER_HEAD } from "../../test/table.ts";
import { findEncoder } from "../encoders.ts";
import { activeModel, findHead } from "../models.ts";

const ENCODER_BYTES = new Uint8Array(new TextEncoder().encode("the graph of an encoder"));
const MODEL_BYTES = new Uint8Array(new TextEncoder().encode("the graph of a whole model"));

let admin: TestKey;
let encoderVersion: string;
beforeEach(async () => {
  await resetStorage();
  await seed();
  admin = await makeKey(["read", "admin"]);
  encoderVersion = await sha256Hex(ENCODER_BYTES);
});
afterEach(() => vi.unstubAllGlobals());

type Files = Record<string, Uint8Array<ArrayBuffer> | string>;

function publish(files: Files, headers: Record<string, string> = admin.headers) {
  const body = new FormData();
  for (const [name, content] of Object.entries(files)) {
    body.append(name, new Blob([content]), name);
  }
  return request("/v1/models", { method: "POST", headers, body });
}

async function sharedPackage(
  change: Partial<z.input<typeof SharedModelManifest>> = {},
  heads: readonly LinearHead[] = [HEAD, OTHER_HEAD],
): Promise<Files> {
  const names = ["zoe", "abel"];
  const manifest = {
    format: "shared-encoder",
    id: "pair",
    encoderVersion,
    frontEnd: DEFAULT_FRONT_END,
    features: 4,
    listeners: await Promise.all(
      heads.map(async (head, i) => ({
        listener: names[i],
        headVersion: await headVersionOf(head),
      })),
    ),
    ...change,
  };
  return {
    "model.json": JSON.stringify(manifest),
    "encoder.onnx": ENCODER_BYTES,
    "heads.safetensors": encodeHeads(heads),
  };
}

async function oneModel(change: object = {}): Promise<Files> {
  const version = await sha256Hex(MODEL_BYTES);
  const manifest = { id: "single", listener: "zoe", version, frontEnd: DEFAULT_FRONT_END };
  return {
    "model.json": JSON.stringify({ ...manifest, ...change }),
    "model.onnx": MODEL_BYTES,
  };
}

/** A gpu-worker that finds an encoder of four features, and a head in whole models. */
function inspectWell(): Calls {
  return standInForGpuWorker({
    async inspect({ model, outputs }) {
      const isWhole = "manifest" in model;
      if (isWhole) await putBytes(outputs.encoder!.url, ENCODER_BYTES);
      const numbers = { weights: [...OTHER_HEAD.weights], bias: OTHER_HEAD.bias };
      const head = isWhole ? { version: await headVersionOf(OTHER_HEAD), numbers } : null;
      const split = { encoderVersion, features: 4, head };
      return lines([{ kind: "result", split, noTable: null }]);
    },
  });
}

const refuse = (detail: string, status = 422) =>
  standInForGpuWorker({
    inspect: () =>
      lines([{ kind: "problem", problem: { type: "/x", title: "X", status, detail } }]),
  });

async function keysUnder(prefix: string): Promise<string[]> {
  return (await env.BUCKET.list({ prefix })).objects.map(({ key }) => key);
}

async function countOfModels(): Promise<number> {
  return (await env.DB.prepare("SELECT count(*) AS n FROM models").first<{ n: number }>())!.n;
}

describe("POST /v1/models", () => {
  it("rejects inconsistent packages and stores nothing of them", async () => {
    const models = await countOfModels();
    const calls = inspectWell();
    const { "heads.safetensors": heads, ...headless } = await sharedPackage();
    const good = await sharedPackage();
    const cases: [Files, string][] = [
      [{}, "model.json"],
      [{ "model.json": "{" }, "model.json"],
      [{ "model.json": "{}" }, "model.json.id"],
      [headless, "heads.safetensors"],
      [{ ...good, "heads.safetensors": "no heads" }, "heads.safetensors"],
      [{ ...good, "heads.safetensors": encodeHeads([HEAD]) }, "heads.safetensors"],
      [{ ...good, "heads.safetensors": encodeHeads([OTHER_HEAD, HEAD]) }, "heads.safetensors"],
      [{ ...good, "encoder.onnx": "another" }, "encoder.onnx"],
      [{ ...good, "model.onnx": "too many" }, "model.onnx"],
      [{ ...good, surprise: "x" }, "surprise"],
      [await sharedPackage({ features: 5 }), "heads.safetensors"],
      [await sharedPackage({ id: "Not A Slug" }), "model.json.id"],
      [await oneModel({ version: "0".repeat(64) }), "model.onnx"],
      [await oneModel({ listener: undefined }), "model.json.listener"],
      [{ ...(await oneModel()), "heads.safetensors": heads! }, "model.onnx"],
    ];
    for (const [files, field] of cases) {
      const { status, fields } = await problemOf(await publish(files));
      expect([status, fields[0]]).toEqual([400, field]);
    }
    const stranger = {
      listeners: [{ listener: "unknown", headVersion: await headVersionOf(HEAD) }],
    };
    const unknown = await problemOf(await publish(await sharedPackage(stranger, [HEAD])));
    expect(unknown).toMatchObject({ status: 422, detail: expect.stringContaining('"unknown"') });
    expect(calls.inspect).toHaveLength(0);
    expect(await countOfModels()).toBe(models);
    expect(await keysUnder(`encoders/${encoderVersion}`)).toEqual([]);
    expect(await keysUnder("models/single/")).toEqual([]);
  });

  it.each([
    ["multipart/form-data; boundary=x", "no parts at all", 400],
    ["multipart/form-data", "--x", 400],
    ["application/json", "{}", 415],
    ["application/x-www-form-urlencoded", "model.json=1", 415],
  ])("answers a body that is no package (%s: %s) with %i", async (type, body, status) => {
    const headers = { ...admin.headers, "Content-Type": type };
    const response = await request("/v1/models", { method: "POST", headers, body });
    expect((await problemOf(response)).status).toBe(status);
  });

  it("stores nothing if the gpu-worker rejects the model or is away", async () => {
    refuse("The encoder is not in canonical form.");
    const shared = await problemOf(await publish(await sharedPackage()));
    expect(shared).toMatchObject({
      status: 422,
      type: "/problems/model-refused",
      detail: expect.stringContaining("canonical form"),
    });
    refuse("The model holds more than one graph.");
    expect((await publish(await oneModel())).status).toBe(422);
    standInForGpuWorker({});
    const away = await publish(await sharedPackage());
    expect(away.status).toBe(503);
    expect(away.headers.get("Retry-After")).toBe("10");
    await away.body?.cancel();
    expect(await keysUnder(`encoders/${encoderVersion}`)).toEqual([]);
    expect(await keysUnder("models/single/")).toEqual([]);
    expect(await findEncoder(env.DB, encoderVersion)).toBeNull();
  });

  it("lists the models of a shared-encoder package as inactive until they are activated", async () => {
    const calls = inspectWell();
    const response = await publish(await sharedPackage());
    expect(response.status).toBe(201);
    const { models } = PublishedModels.parse(await response.json());
    const headVersion = await headVersionOf(OTHER_HEAD);
    expect(models.map(({ id }) => id)).toEqual(["pair-zoe", "pair-abel"]);
    expect(models[1]).toEqual({
      id: "pair-abel",
      listener: "abel",
      version: await versionOfParts({ encoderVersion, headVersion }),
      encoderVersion,
      headVersion,
    });
    expect(calls.inspect[0]?.model).toMatchObject({ version: encoderVersion });
    expect(await findHead(env.DB, models[1]!.id, models[1]!.version)).toEqual(OTHER_HEAD);
    expect(await findEncoder(env.DB, encoderVersion)).toMatchObject({ features: 4, revision: 0 });
    expect((await activeModel(env.DB, ListenerId.parse("abel")))?.model.id).toBe("model-abel");

    const before = await countOfModels();
    expect((await publish(await sharedPackage())).status).toBe(201);
    expect(await countOfModels()).toBe(before);

    expect((await post("/v1/models/pair/activate", {}, admin.headers)).status).toBe(200);
    expect((await activeModel(env.DB, ListenerId.parse("abel")))?.model).toEqual(models[1]);
    await seed();
  });

  it("splits a model and stores its encoder under its hash", async () => {
    inspectWell();
    const response = await publish(await oneModel());
    expect(response.status).toBe(201);
    const { models } = PublishedModels.parse(await response.json());
    expect(models).toEqual([
      {
        id: "single",
        listener: "zoe",
        version: await sha256Hex(MODEL_BYTES),
        encoderVersion,
        headVersion: await sha256Hex(headBytes(OTHER_HEAD)),
      },
    ]);
    expect(await findHead(env.DB, ModelId.parse("single"), models[0]!.version)).toEqual(OTHER_HEAD);
    expect(await keysUnder("models/single/")).toEqual([
      `models/single/${models[0]!.version}/model.json`,
      `models/single/${models[0]!.version}/model.onnx`,
    ]);
    expect(await keysUnder(`encoders/${encoderVersion}`)).toHaveLength(1);
  });

  it("stores a model whole if it can't be split", async () => {
    standInForGpuWorker({
      inspect: () => lines([{ kind: "result", split: null, noTable: "It mixes time." }]),
    });
    const bytes = new Uint8Array(new TextEncoder().encode("another graph"));
    const version = await sha256Hex(bytes);
    const files = { ...(await oneModel({ id: "whole", version })), "model.onnx": bytes };
    const { models } = PublishedModels.parse(await (await publish(files)).json());
    expect(models[0]).toMatchObject({ encoderVersion: version, headVersion: version });
    expect(await findHead(env.DB, ModelId.parse("whole"), version)).toBeNull();
  });

  it("rejects an encoder that is published with another front-end", async () => {
    inspectWell();
    expect((await publish(await sharedPackage())).status).toBe(201);
    const calls = inspectWell();
    const frontEnd = { ...DEFAULT_FRONT_END, hop: 128 };
    const { status, detail } = await problemOf(await publish(await sharedPackage({ frontEnd })));
    expect([status, detail]).toEqual([422, expect.stringContaining("front-end (hop)")]);
    expect(calls.inspect).toHaveLength(0);
  });

  it("requires the scope admin, and limits the size", async () => {
    const reader = await makeKey(["read", "explain", "upload"]);
    expect((await publish(await oneModel(), {})).status).toBe(401);
    expect((await publish(await oneModel(), reader.headers)).status).toBe(403);
    const large = { ...(await oneModel()), "model.onnx": new Uint8Array(33 * 1024 * 1024) };
    expect((await publish(large)).status).toBe(413);
  });
});
