import { differingField } from "@lemons/shared/contract/front-end";
import type { WorkerInspectRequest } from "@lemons/shared/contract/gpu-worker";
import type { ListenerId, Sha256 } from "@lemons/shared/contract/identifier";
import type { Model, ModelManifest } from "@lemons/shared/contract/model";
import { manifestOfHead } from "@lemons/shared/model/head-manifest";
import { headOfBytes, type LinearHead } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import { settingsOf } from "../../base/env.ts";
import { encoderKey, modelKey } from "../../base/object-keys.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { exists, firstValue } from "../../base/rows.ts";
import { linkExpiry, signLink } from "../../worker/object-link.ts";
import { encoderLink, modelLink } from "../../worker/request-links.ts";
import { timeBudget } from "../../worker/time-budget.ts";
import { callWorker } from "../../worker/worker-client.ts";
import { asWorkerFailure } from "../../worker/worker-failure.ts";
import { findEncoder, insertEncoder } from "../encoders.ts";
import { insertModel, type ModelToPublish } from "../published-models.ts";
import type { OneModel, SharedModel } from "./published-files.ts";

const INSPECT_TIMEOUT_MS = 60_000;
const RETRY_AFTER_SECONDS = 10;
const STATEMENTS_PER_BATCH = 100;

/**
 * Publishes a package: stores its files, has the gpu-worker inspect it, and inserts its models last. They
 * recommend nothing until they are activated. Publishing the same package again changes nothing.
 *
 * @throws ProblemError bad-request, model-refused, worker-away; then no model is inserted
 */
export async function publishModels(
  env: Env,
  published: OneModel | SharedModel,
  requestId: string,
): Promise<Model[]> {
  return published.kind === "one"
    ? publishOne(env, published, requestId)
    : publishShared(env, published, requestId);
}

async function publishShared(
  env: Env,
  { manifest, encoder, heads }: SharedModel,
  requestId: string,
): Promise<Model[]> {
  const { encoderVersion, frontEnd, features, listeners } = manifest;
  await checkListeners(
    env.DB,
    listeners.map(({ listener }) => listener),
  );
  await checkFrontEnd(env.DB, encoderVersion, frontEnd);
  const settings = settingsOf(env);
  const key = encoderKey(encoderVersion);
  const isNew = await putOnce(env.BUCKET, key, encoder);
  try {
    const named = { version: encoderVersion, frontEnd };
    const model = await encoderLink(settings, named, linkExpiry());
    const { split } = await inspect(env, { model, outputs: {} }, requestId);
    if (split?.features !== features) {
      throw refused(`its encoder has ${split?.features} features, model.json says ${features}`);
    }
  } catch (error) {
    // No model names the encoder yet, so no other request needs it.
    if (isNew && (await findEncoder(env.DB, encoderVersion)) === null) await env.BUCKET.delete(key);
    throw error;
  }
  const models = await Promise.all(
    listeners.map(async ({ listener }, row) => ({
      listener,
      head: headOfBytes(heads.bytesOf(row)),
      manifest: await manifestOfHead(manifest, row),
    })),
  );
  await insertAll(env.DB, { version: encoderVersion, features, frontEnd }, models);
  return models.map(asModel);
}

async function publishOne(
  env: Env,
  { manifest, onnx }: OneModel,
  requestId: string,
): Promise<Model[]> {
  const { id, version, listener, frontEnd } = manifest;
  await checkListeners(env.DB, [listener]);
  const settings = settingsOf(env);
  const expiresAt = linkExpiry();
  const given = modelKey(id, version, "model.onnx");
  const found = modelKey(id, version, "encoder.onnx");
  await putOnce(env.BUCKET, given, onnx);
  let model: ModelToPublish = { manifest, listener, head: null };
  let encoder: { version: Sha256; features: number } | null = null;
  try {
    const request = {
      model: await modelLink(settings, manifest, expiresAt),
      outputs: {
        encoder: { url: await signLink(settings, { method: "PUT", key: found, expiresAt }) },
      },
    };
    const { split } = await inspect(env, request, requestId);
    if (split?.head) {
      const { encoderVersion, features, head } = split;
      await checkFrontEnd(env.DB, encoderVersion, frontEnd);
      await keepEncoder(env.BUCKET, found, encoderVersion);
      encoder = { version: encoderVersion, features };
      const { weights, bias } = head.numbers;
      model = {
        manifest: { ...manifest, encoderVersion, headVersion: head.version },
        listener,
        head: { weights: Float32Array.from(weights), bias } satisfies LinearHead,
      };
    }
  } catch (error) {
    if (!(await isListed(env.DB, manifest))) await env.BUCKET.delete([given, found]);
    throw error;
  }
  await env.BUCKET.put(modelKey(id, version, "model.json"), JSON.stringify(model.manifest));
  await insertAll(env.DB, encoder && { ...encoder, frontEnd }, [model]);
  return [asModel(model)];
}

/** Inserts models, the encoder first. */
async function insertAll(
  db: D1Database,
  encoder: Parameters<typeof insertEncoder>[1] | null,
  models: readonly ModelToPublish[],
): Promise<void> {
  const statements = [
    ...(encoder ? [insertEncoder(db, encoder)] : []),
    ...models.map((model) => insertModel(db, model)),
  ];
  for (let start = 0; start < statements.length; start += STATEMENTS_PER_BATCH) {
    await db.batch(statements.slice(start, start + STATEMENTS_PER_BATCH));
  }
}

/** Has the gpu-worker inspect a package. @throws ProblemError model-refused, worker-away */
async function inspect(env: Env, request: WorkerInspectRequest, requestId: string) {
  const budget = timeBudget(INSPECT_TIMEOUT_MS);
  try {
    return await callWorker(settingsOf(env), "inspect", request, {
      signal: budget.signal,
      requestId,
    });
  } catch (error) {
    const failure = asWorkerFailure(error);
    if (failure.unusableInput) throw refused(failure.message.replace(/\.$/, ""));
    const retryAfter = Math.ceil(failure.retryAfterMs / 1000) || RETRY_AFTER_SECONDS;
    throw new ProblemError({ kind: "worker-away", reason: failure.message, retryAfter });
  } finally {
    budget.release();
  }
}

/** Moves the encoder that the gpu-worker stored to the key of its hash. */
async function keepEncoder(bucket: R2Bucket, from: string, version: Sha256): Promise<void> {
  const object = await bucket.get(from);
  if (object === null) throw refused("the gpu-worker stored no encoder");
  const key = encoderKey(version);
  if ((await bucket.head(key)) === null) {
    // R2 rejects bytes of another hash.
    await bucket.put(key, await object.bytes(), { sha256: version });
  }
  await bucket.delete(from);
}

/** Stores an object unless it exists. @returns true if it was new */
async function putOnce(bucket: R2Bucket, key: string, bytes: Uint8Array): Promise<boolean> {
  return (await bucket.put(key, bytes, { onlyIf: { etagDoesNotMatch: "*" } })) !== null;
}

async function checkListeners(db: D1Database, listeners: readonly ListenerId[]): Promise<void> {
  const unknown = await firstValue(
    db,
    z.string(),
    "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT id FROM listeners) LIMIT 1",
    JSON.stringify(listeners),
  );
  if (unknown !== null) throw refused(`unknown listener "${unknown}": create it first`);
}

/** Checks that an encoder keeps its front-end: its features are stored under its version alone. */
async function checkFrontEnd(
  db: D1Database,
  version: Sha256,
  frontEnd: ModelManifest["frontEnd"],
): Promise<void> {
  const known = await findEncoder(db, version);
  if (known === null) return;
  const differs = differingField(frontEnd, known.frontEnd);
  if (differs !== null) {
    throw refused(`its encoder is already published with another front-end (${differs})`);
  }
}

function isListed(db: D1Database, { id, version }: ModelManifest): Promise<boolean> {
  return exists(db, "SELECT 1 FROM models WHERE id = ? AND version = ?", id, version);
}

function asModel({ manifest, listener }: ModelToPublish): Model {
  const { id, version, encoderVersion = version, headVersion = version } = manifest;
  return { id, version, listener, encoderVersion, headVersion };
}

function refused(reason: string): ProblemError {
  return new ProblemError({ kind: "model-refused", reason });
}
