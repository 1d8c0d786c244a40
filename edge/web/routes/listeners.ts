import { createRoute, z } from "@hono/zod-openapi";
import {
  listenerPageExample,
  listenerProfileExample,
  listenerRemovalExample,
  newListenerExample,
} from "@lemons/shared/contract/catalogue.example";
import { ListenerId } from "@lemons/shared/contract/identifier";
import {
  ListenerPage,
  ListenerProfile,
  ListenerRemoval,
  ListeningHistory,
  NewListener,
} from "@lemons/shared/contract/listener";
import { seesEveryKey, type Viewer } from "../../access/caller.ts";
import { requireKey } from "../../access/require-scope.ts";
import { cacheControl, PRIVATE } from "../../base/http/cache-control.ts";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import {
  addListener,
  findListenerToChange,
  MAX_OWN_LISTENERS,
  replaceListens,
} from "../../catalogue/change-listeners.ts";
import { findListenerProfile, ListenerPlace, listListeners } from "../../catalogue/listeners.ts";
import { isOwnListenerId, ownListenerId } from "../../catalogue/own-ids.ts";
import { removeListener } from "../../work/removal/remove-listener.ts";
import { limitBody, security } from "./check-request.ts";
import { createRouter } from "./create-app.ts";
import { conditional, noQuery, pageQuery } from "./parameters.ts";
import {
  badRequest,
  json,
  jsonProblems,
  notModified,
  problem,
  refusals,
  refused,
  tooMuch,
  unknownListener,
  unknownTrack,
} from "./responses.ts";

const DEFAULT_LISTENERS = 50;
const MAX_LISTENERS = 200;

const getListeners = createRoute({
  method: "get",
  path: "/v1/listeners",
  summary: "List listeners",
  description:
    "Public listeners and the caller's own. With the scope `admin`, the listeners of all keys.",
  request: {
    query: pageQuery(DEFAULT_LISTENERS, MAX_LISTENERS, 1).extend({
      mine: z
        .enum(["true", "false"])
        .default("false")
        .describe("`true` lists only the caller's own listeners")
        .meta({ example: "false" }),
    }),
    ...conditional,
  },
  responses: {
    200: json(
      "a page of listeners, in the catalogue's order",
      ListenerPage,
      listenerPageExample,
      "Cache-Control",
      "ETag",
    ),
    304: notModified,
    400: badRequest,
    ...refusals,
  },
});

const getListener = createRoute({
  method: "get",
  path: "/v1/listeners/{listener}",
  summary: "Get a listener's profile",
  request: { params: z.object({ listener: ListenerId }), ...noQuery, ...conditional },
  responses: {
    200: json(
      "taste, history by descending play count, and the active model",
      ListenerProfile,
      listenerProfileExample,
      "Cache-Control",
      "ETag",
    ),
    304: notModified,
    400: badRequest,
    ...refusals,
    404: problem("no such listener", unknownListener),
  },
});

/** Fits the longest list of the longest names. */
const MAX_BODY_BYTES = 256 * 1024;

const middleware = [requireKey("upload"), cacheControl(PRIVATE)];
const body = [requireJson, limitBody(MAX_BODY_BYTES)];

const params = z.object({ listener: ListenerId });

const postListener = createRoute({
  method: "post",
  path: "/v1/listeners",
  summary: "Add a listener",
  description: `With the scope \`admin\`, the listener is public. Otherwise it is private: only its key and administrators see it and everything computed for it. A key can have ${MAX_OWN_LISTENERS} listeners. \`POST /v1/listeners/{listener}/head\` then fits a model.`,
  security,
  middleware: [...middleware, ...body],
  request: {
    body: { required: true, content: { "application/json": { schema: NewListener } } },
  },
  responses: {
    201: json(
      "the listener, without a model; `Location` is its address",
      ListenerProfile,
      newListenerExample,
      "Cache-Control",
      "Location",
    ),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("upload", { kind: "too-many-listeners", limit: MAX_OWN_LISTENERS }),
    429: tooMuch(),
    404: problem("no such track", unknownTrack),
    409: problem("the id is taken, or the key already has a listener of that name", {
      kind: "listener-exists",
      id: "mira",
    }),
  },
});

const putListens = createRoute({
  method: "put",
  path: "/v1/listeners/{listener}/listens",
  summary: "Replace a listener's history",
  description:
    "Recommendations leave out these tracks from now on. The model stays the same until a head is fitted again.",
  security,
  middleware: [...middleware, ...body],
  request: {
    params,
    body: { required: true, content: { "application/json": { schema: ListeningHistory } } },
  },
  responses: {
    200: json("the listener", ListenerProfile, listenerProfileExample, "Cache-Control"),
    ...jsonProblems(MAX_BODY_BYTES),
    ...refused("upload"),
    429: tooMuch(),
    404: problem("no such listener or track", unknownListener, unknownTrack),
  },
});

const deleteListener = createRoute({
  method: "delete",
  path: "/v1/listeners/{listener}",
  summary: "Remove a listener with its models and scores",
  description:
    "A key can remove its own listeners, with their explanations. Administrators can remove any listener. Explanations for public listeners stay, since links to them are public.",
  security,
  middleware,
  request: {
    params: z.object({
      listener: ListenerId.meta({ example: listenerRemovalExample.listener }),
    }),
    ...noQuery,
  },
  responses: {
    200: json("what was removed", ListenerRemoval, listenerRemovalExample, "Cache-Control"),
    400: badRequest,
    ...refused("upload"),
    429: tooMuch(),
    404: problem("no such listener", unknownListener),
  },
});

export const listenerRoutes = createRouter()
  .openapi(getListeners, async (c) => {
    const { limit, cursor, mine } = c.req.valid("query");
    const viewer = c.get("caller");
    const after = cursor === undefined ? undefined : readCursor(cursor, ListenerPlace);
    const { listeners, next } = await listListeners(c.env.DB, {
      limit,
      after,
      viewer,
      mine: mine === "true",
    });
    if (viewer.owner !== null) c.header("Cache-Control", PRIVATE);
    return c.json({ listeners, nextCursor: next === null ? null : writeCursor(next) }, 200);
  })
  .openapi(getListener, async (c) => {
    const { listener: id } = c.req.valid("param");
    const profile = await findListenerProfile(c.env.DB, id, c.get("caller"));
    if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
    if (isOwnListenerId(id)) c.header("Cache-Control", PRIVATE);
    return c.json(profile, 200);
  })
  .openapi(postListener, async (c) => {
    const caller = c.get("caller");
    const listener = c.req.valid("json");
    const owner = seesEveryKey(caller) ? null : caller.key!.id;
    if (owner === null && isOwnListenerId(listener.id)) {
      throw new ProblemError({ kind: "bad-request", errors: [RESERVED_ID] });
    }
    const id = owner === null ? listener.id : await ownListenerId(owner, listener.id);
    await addListener(c.env.DB, { ...listener, id }, owner);
    c.header("Location", `/v1/listeners/${id}`);
    return c.json(await loadProfile(c.env.DB, id, caller), 201);
  })
  .openapi(putListens, async (c) => {
    const { listener: id } = c.req.valid("param");
    const caller = c.get("caller");
    const listener = await findListenerToChange(c.env.DB, id, caller);
    await replaceListens(c.env.DB, listener, c.req.valid("json"));
    return c.json(await loadProfile(c.env.DB, id, caller), 200);
  })
  .openapi(deleteListener, async (c) => {
    const { listener: id } = c.req.valid("param");
    const listener = await findListenerToChange(c.env.DB, id, c.get("caller"));
    return c.json(await removeListener(c.env, listener), 200);
  });

const RESERVED_ID = {
  field: "id",
  message: "must not be own- and 32 hexadecimal digits, which is reserved for private listeners",
};

async function loadProfile(
  db: D1Database,
  id: ListenerId,
  viewer: Viewer,
): Promise<ListenerProfile> {
  const profile = await findListenerProfile(db, id, viewer);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return profile;
}
