import type { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { WorkerExplainRequest } from "@lemons/shared/contract/gpu-worker";
import { NO_SEPARATION } from "@lemons/shared/contract/separator";
import { highlightKey } from "../catalogue/object-keys.ts";
import { type Settings, settingsOf } from "../env.ts";
import { signLink } from "../gpu/object-link.ts";
import { modelLink, soundLinks } from "../gpu/sound-links.ts";
import { type ExplainListener, explainOnWorker } from "../gpu/worker-client.ts";
import { WorkerFailure } from "../gpu/worker-failure.ts";
import type { Asked } from "./asked.ts";
import { resultFault } from "./result-fault.ts";
import { hasHighlight, storeExplanation } from "./store.ts";

const LINK_LIFETIME_MS = 60 * 60 * 1000;
const HIGHLIGHTS = ["top-1", "top-3"] as const;

/**
 * One attempt at an explanation, from the question to the stored answer. Nothing is stored under
 * the explanation's own key unless everything it promises is there.
 *
 * @throws WorkerFailure saying whether another attempt makes sense; the signal's reason on abort
 */
export async function attemptExplanation(
  env: Env,
  asked: Asked,
  listener: ExplainListener,
  signal: AbortSignal,
): Promise<void> {
  const settings = settingsOf(env);
  const request = await workerRequest(settings, asked);
  const explanation = await explainOnWorker(settings, request, listener, signal);
  const fault = resultFault(asked, explanation);
  if (fault !== null) {
    throw new WorkerFailure(`The gpu-worker answered another question: ${fault}.`, {
      retryable: true,
    });
  }
  listener.onProgress({ phase: "storing", done: 0, total: 1 });
  for (const { name, file } of explanation.highlights) {
    if (file !== null && !(await hasHighlight(env.BUCKET, asked.id, name))) {
      throw new WorkerFailure(`The gpu-worker named ${file} but did not store it.`, {
        retryable: true,
      });
    }
  }
  // An attempt that was given up must not end the job that its successor is running.
  signal.throwIfAborted();
  await storeExplanation(env.BUCKET, published(asked, explanation));
}

async function workerRequest(settings: Settings, asked: Asked): Promise<WorkerExplainRequest> {
  const expiresAt = new Date(Date.now() + LINK_LIFETIME_MS);
  const put = async (name: (typeof HIGHLIGHTS)[number]) => ({
    url: await signLink(settings, {
      method: "PUT",
      key: highlightKey(asked.id, name),
      expiresAt,
    }),
  });
  const [model, sound, top1, top3] = await Promise.all([
    modelLink(settings, asked.model, expiresAt),
    soundLinks(settings, asked.sound, expiresAt),
    put("top-1"),
    put("top-3"),
  ]);
  return {
    id: asked.id,
    model,
    sound,
    separator: asked.separator.name === NO_SEPARATION.name ? "dsp" : asked.separator.name,
    question: asked.question,
    outputs: { "top-1": top1, "top-3": top3 },
  };
}

function published(
  { id, listener, track }: Asked,
  explanation: Awaited<ReturnType<typeof explainOnWorker>>,
): PublishedExplanation {
  const { masks: _masks, predictions: _predictions, ...fields } = explanation;
  return { id, listener, track, ...fields };
}
