import { PublishedExplanation } from "@lemons/shared/contract/explanation";
import type { ExplanationType } from "@lemons/shared/contract/explanation-request";

const TIMEOUT_MS = 120_000;
const PAUSE_MS = 500;

/** An explanation request with the defaults of everything else. */
export interface Question {
  listener: string;
  track: string;
  type: ExplanationType;
}

/** Requests an explanation until it is done. @throws Error if that takes more than two minutes */
export async function explained(origin: string, question: Question): Promise<PublishedExplanation> {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const response = await fetch(`${origin}/v1/explanations`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Prefer: "wait=20" },
      body: JSON.stringify(question),
    });
    const answer: unknown = await response.json();
    if (response.status === 200) return PublishedExplanation.parse(answer);
    if (response.status !== 202 || Date.now() > deadline) {
      throw new Error(`no explanation: ${response.status} ${JSON.stringify(answer)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
}
