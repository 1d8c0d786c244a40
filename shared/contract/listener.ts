import { z } from "zod";
import { ListenerId, TrackId } from "./identifier.ts";
import { Model } from "./model.ts";
import { lineOfText } from "./text.ts";
import { Track } from "./track.ts";

/** A listener in a list. */
export const Listener = z
  .object({
    id: ListenerId,
    name: z.string(),
    taste: z.string().describe("one sentence"),
    tracks: z.int().nonnegative().describe("number of tracks in the history"),
    plays: z.int().nonnegative().describe("total play count"),
  })
  .meta({ id: "Listener" });
export type Listener = z.infer<typeof Listener>;

/** A page of listeners. */
export const ListenerPage = z
  .object({ listeners: z.array(Listener), nextCursor: z.string().nullable() })
  .meta({ id: "ListenerPage" });
export type ListenerPage = z.infer<typeof ListenerPage>;

/** A listener's profile: the listening history by falling play count, and the active model. */
export const ListenerProfile = Listener.extend({
  history: z.array(z.object({ track: Track, plays: z.int().positive() })),
  model: z.union([Model, z.null()]).describe("null if no model is active"),
}).meta({ id: "ListenerProfile" });
export type ListenerProfile = z.infer<typeof ListenerProfile>;

/** The data removed with a listener. */
export const ListenerRemoval = z
  .object({
    listener: ListenerId,
    removed: z.object({
      models: z.int().nonnegative(),
      explanations: z
        .int()
        .nonnegative()
        .describe("explanations for a private listener; those for a public listener stay"),
    }),
  })
  .meta({ id: "ListenerRemoval" });
export type ListenerRemoval = z.infer<typeof ListenerRemoval>;

/** The longest listening history of one request. */
export const MAX_LISTENS = 2000;

const Listens = z
  .array(z.strictObject({ track: TrackId, plays: z.int().min(1).max(1_000_000_000).default(1) }))
  .max(MAX_LISTENS)
  .refine((listens) => new Set(listens.map(({ track }) => track)).size === listens.length, {
    message: "must not contain the same track twice",
  })
  .describe("each track once")
  .meta({ uniqueItems: true });

/** Body of `POST /v1/listeners`. */
export const NewListener = z
  .strictObject({
    id: ListenerId.describe(
      "name of the listener; without the scope admin the listener is private, and the response has an id derived from API key and name",
    ),
    name: lineOfText(100),
    taste: lineOfText(300).describe("one sentence"),
    listens: Listens,
  })
  .meta({
    id: "NewListener",
    example: {
      id: "mira",
      name: "Mira",
      taste: "Slow strings and quiet pianos",
      listens: [{ track: "wesnoth-battle-epic", plays: 12 }],
    },
  });
export type NewListener = z.infer<typeof NewListener>;

/** Body of `PUT /v1/listeners/{listener}/listens`, which replaces the whole history. */
export const ListeningHistory = z.strictObject({ listens: Listens }).meta({
  id: "ListeningHistory",
  example: { listens: [{ track: "wesnoth-battle-epic", plays: 12 }] },
});
export type ListeningHistory = z.infer<typeof ListeningHistory>;
