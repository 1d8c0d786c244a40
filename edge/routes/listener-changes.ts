import { createRoute, z } from "@hono/zod-openapi";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { ListenerProfile, ListeningHistory, NewListener } from "@lemons/shared/contract/listener";
import {
  listenerProfileExample,
  newListenerExample,
} from "@lemons/shared/contract/listener.example";
import { bodyLimit } from "hono/body-limit";
import { createMiddleware } from "hono/factory";
import { requireScope } from "../access/require-scope.ts";
import { addListener, replaceListens } from "../catalogue/change-listeners.ts";
import { findListener, findListenerProfile } from "../catalogue/listeners.ts";
import type { AppEnv } from "../http/app-env.ts";
import { requireJson } from "../http/require-media-type.ts";
import { ProblemError } from "../problems/problem.ts";
import { createRouter } from "./create-app.ts";
import {
  json,
  jsonProblems,
  problem,
  refused,
  tooMuch,
  unknownListener,
  unknownTrack,
} from "./responses.ts";

/** Room for the longest list of the longest names. */
const MAX_BODY_BYTES = 256 * 1024;

const security = [{ key: [] }];
const middleware = [
  requireScope("admin"),
  createMiddleware<AppEnv>(async (c, next) => {
    await next();
    c.header("Cache-Control", "no-store");
  }),
  requireJson,
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_BODY_BYTES });
    },
  }),
];
const problems = { ...jsonProblems(MAX_BODY_BYTES), ...refused("admin") };

const postListener = createRoute({
  method: "post",
  path: "/v1/listeners",
  summary: "Add a listener by the tracks that the listener has listened to",
  description: "`POST /v1/listeners/{listener}/head` then makes a model from them.",
  security,
  middleware,
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
    ...problems,
    429: tooMuch(),
    404: problem("no such track", unknownTrack),
    409: problem("there is a listener of that id", { kind: "listener-exists", id: "mira" }),
  },
});

const putListens = createRoute({
  method: "put",
  path: "/v1/listeners/{listener}/listens",
  summary: "Replace what a listener has listened to",
  description:
    "Recommendations leave out what is named here from now on. The model stays as it is until a head is fitted anew.",
  security,
  middleware,
  request: {
    params: z.object({ listener: ListenerId }),
    body: { required: true, content: { "application/json": { schema: ListeningHistory } } },
  },
  responses: {
    200: json("the listener", ListenerProfile, listenerProfileExample, "Cache-Control"),
    ...problems,
    429: tooMuch(),
    404: problem("no such listener or track", unknownListener, unknownTrack),
  },
});

export const listenerChangeRoutes = createRouter()
  .openapi(postListener, async (c) => {
    const listener = c.req.valid("json");
    await addListener(c.env.DB, listener);
    c.header("Location", `/v1/listeners/${listener.id}`);
    return c.json(await profileOf(c.env.DB, listener.id), 201);
  })
  .openapi(putListens, async (c) => {
    const { listener } = c.req.valid("param");
    if ((await findListener(c.env.DB, listener)) === null) {
      throw new ProblemError({ kind: "unknown-listener", id: listener });
    }
    await replaceListens(c.env.DB, listener, c.req.valid("json"));
    return c.json(await profileOf(c.env.DB, listener), 200);
  });

async function profileOf(db: D1Database, id: ListenerId): Promise<ListenerProfile> {
  const profile = await findListenerProfile(db, id);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return profile;
}
