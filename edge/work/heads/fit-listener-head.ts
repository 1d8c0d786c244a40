import { type ListenerId, ModelId, type Sha256 } from "@lemons/shared/contract/identifier";
import {
  type FittedHead,
  type HeadRequest,
  type ModelManifest,
  sharedModelId,
} from "@lemons/shared/contract/model";
import { fitHead } from "@lemons/shared/model/fit-head";
import { headVersionOf, versionOfParts } from "@lemons/shared/model/linear-head";
import { z } from "zod";
import { ProblemError } from "../../base/problems/problem.ts";
import { firstRow } from "../../base/rows.ts";
import { findEncoder, type StoredEncoder } from "../../catalogue/encoders.ts";
import { activeModel } from "../../catalogue/models.ts";
import { activateModel, insertModel } from "../../catalogue/published-models.ts";
import { ensureScoring } from "../scoring/ensure-scoring.ts";
import { scoreHeads } from "../scoring/score-heads.ts";
import { headExamples } from "./head-examples.ts";

/**
 * Strength of the penalty. With leave-one-out, rankings of the demo's tracks hardly change between 5 and
 * 140.
 */
const L2 = 10;

/** Package id of heads whose encoder came with a model of one listener. */
const OWN_PACKAGE = ModelId.parse("head");

/**
 * Fits a listener's head on stored features of heard tracks and of the rest of the catalogue, activates
 * it, and scores the catalogue with it. Doesn't call the gpu-worker.
 *
 * @param listener one that exists
 * @throws ProblemError head-not-fittable, unknown-model
 */
export async function fitListenerHead(
  env: Env,
  listener: ListenerId,
  request: HeadRequest,
): Promise<FittedHead> {
  const { encoder, packageId } = await encoderFor(env.DB, listener, request);
  const { examples, listened, others } = await headExamples(env, encoder, listener);
  if (listened === 0 || others === 0) {
    // Features of new tracks may be missing only for now.
    await ensureScoring(env, encoder.version);
    throw notFittable(
      listened === 0
        ? "none of the listener's tracks has features yet: add listens of catalogue tracks, or wait until they are scored"
        : "no track that the listener has not heard has features yet",
    );
  }
  const head = fitHead(examples, L2);
  const headVersion = await headVersionOf(head);
  const { version: encoderVersion, frontEnd } = encoder;
  const id = ModelId.safeParse(sharedModelId(packageId ?? OWN_PACKAGE, listener));
  if (!id.success) throw notFittable(`the id of its model would be invalid: ${id.error.message}`);
  const manifest: ModelManifest = {
    id: id.data,
    listener,
    version: await versionOfParts({ encoderVersion, headVersion }),
    package: packageId ?? OWN_PACKAGE,
    encoderVersion,
    headVersion,
    frontEnd,
    input: "logmel",
    output: "logit",
    trainedWith: "head fitted on stored features",
  };
  await env.DB.batch([
    insertModel(env.DB, { manifest, listener, head }),
    ...activateModel(env.DB, { ...manifest, listener }),
  ]);
  const active = await activeModel(env.DB, listener);
  // Another request may have activated another head meanwhile.
  if (active?.model.version === manifest.version) await scoreHeads(env, encoder, [active]);
  return {
    model: { id: id.data, version: manifest.version, listener, encoderVersion, headVersion },
    tracks: listened + others,
    listened,
    silence: encoder.silence !== null,
  };
}

const Choice = z.object({ encoder_version: z.string(), package: ModelId.nullable() });

/** Chooses the requested encoder, the listener's present one, or the one that most listeners have. */
async function encoderFor(
  db: D1Database,
  listener: ListenerId,
  { package: requested }: HeadRequest,
): Promise<{ encoder: StoredEncoder; packageId: ModelId | null }> {
  const choice = await firstRow(
    db,
    Choice,
    `SELECT models.encoder_version, models.package, count(*) AS listeners
       FROM models JOIN encoders ON encoders.version = models.encoder_version
       WHERE CASE WHEN ?1 IS NULL THEN models.active = 1 ELSE models.package = ?1 END
       GROUP BY models.encoder_version, models.package
       ORDER BY max(models.listener = ?2) DESC, listeners DESC, models.encoder_version
       LIMIT 1`,
    ...[requested ?? null, listener],
  );
  const encoder = choice && (await findEncoder(db, choice.encoder_version as Sha256));
  if (!encoder) {
    if (requested !== undefined) throw new ProblemError({ kind: "unknown-model", id: requested });
    throw notFittable("no active model has an encoder that a head could be fitted to");
  }
  return { encoder, packageId: choice.package };
}

function notFittable(reason: string): ProblemError {
  return new ProblemError({ kind: "head-not-fittable", reason });
}
