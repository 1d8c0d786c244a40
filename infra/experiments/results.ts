import { readFile } from "node:fs/promises";
import { Evaluation } from "@lemons/shared/contract/evaluation";
import { Faithfulness } from "@lemons/shared/contract/faithfulness";
import { Stability } from "@lemons/shared/contract/stability";
import type { z } from "zod";
import { inRepository } from "../stack/repository.ts";

/** Where results are kept, relative to the repository. */
export const FOLDER = "docs/experiments";

/** What the commands printed. */
export interface Results {
  evaluation: Evaluation;
  stability: Stability;
  faithfulness: Faithfulness;
}

/** @throws Error where a result is missing or not as its contract says */
export async function readResults(): Promise<Results> {
  return {
    evaluation: await read("evaluation.json", Evaluation),
    stability: await read("stability.json", Stability),
    faithfulness: await read("faithfulness.json", Faithfulness),
  };
}

async function read<T>(name: string, contract: z.ZodType<T>): Promise<T> {
  return contract.parse(JSON.parse(await readFile(inRepository(FOLDER, name), "utf8")));
}
