import { SOURCES, SourceName } from "@lemons/shared/contract/explanation-request";
import { StemsId } from "@lemons/shared/contract/identifier";
import { NO_SEPARATION, SeparatorName } from "@lemons/shared/contract/separator";
import { z } from "zod";
import { type TableTask, TaskSound } from "../tables/table-task.ts";

/** The sources of a sound's snippet as audio. */
export const StemsTask = z.object({
  id: StemsId,
  sound: TaskSound,
  separator: SeparatorName,
  sources: z.array(SourceName).min(1),
});
export type StemsTask = z.infer<typeof StemsTask>;

/** The sources behind an explanation, or null where it did without: nothing is taken apart by time. */
export function stemsOf({
  sound,
  separator,
}: Pick<TableTask, "sound" | "separator">): StemsTask | null {
  const { name, version } = separator;
  if (name === NO_SEPARATION.name) return null;
  const id = `${sound.soundSha256}-${name}-${version}`;
  const sources = name === "stems" ? Object.keys(sound.stems) : [...SOURCES];
  return { id, sound, separator: name, sources };
}
