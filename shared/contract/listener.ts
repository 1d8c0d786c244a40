import { z } from "zod";
import { ListenerId } from "./identifier.ts";
import { Model } from "./model.ts";
import { Track } from "./track.ts";

/** A listener in a list. */
export const Listener = z
  .object({
    id: ListenerId,
    name: z.string(),
    taste: z.string().describe("one sentence"),
    tracks: z.int().nonnegative().describe("tracks listened to"),
    plays: z.int().nonnegative().describe("total play count"),
  })
  .meta({ id: "Listener" });
export type Listener = z.infer<typeof Listener>;

export const ListenerList = z.object({ listeners: z.array(Listener) }).meta({ id: "ListenerList" });
export type ListenerList = z.infer<typeof ListenerList>;

/** A listener's profile: the listening history by falling play count, and the active model. */
export const ListenerProfile = Listener.extend({
  history: z.array(z.object({ track: Track, plays: z.int().positive() })),
  model: z.union([Model, z.null()]).describe("null where no model is active"),
}).meta({ id: "ListenerProfile" });
export type ListenerProfile = z.infer<typeof ListenerProfile>;
