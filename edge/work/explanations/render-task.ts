import { ExplanationId } from "@lemons/shared/contract/identifier";
import { z } from "zod";

/** The audio of a finished explanation; everything else about it lies in the store. */
export const RenderTask = z.object({ id: ExplanationId });
export type RenderTask = z.infer<typeof RenderTask>;
