import { readFile } from "node:fs/promises";
import { Evaluation } from "@lemons/shared/contract/evaluation";
import { Faithfulness } from "@lemons/shared/contract/faithfulness";
import { Stability } from "@lemons/shared/contract/stability";
import type { z } from "zod";
import { inRepository } from "../stack/repository.ts";

/** Folder of the results, relative to the repository. */
export const FOLDER = "docs/experiments";

/** The commands' JSON output. */
export interface Results {
  evaluation: Evaluation;
  stability: Stability;
  faithfulness: Faithfulness;
}

/** @throws Error if a result is missing or breaks its contract */
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
