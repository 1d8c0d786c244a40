import { createRoute, z } from "@hono/zod-openapi";
import {
  listenerProfileExample,
  listenerRemovalExample,
  newListenerExample,
} from "@lemons/shared/contract/catalogue.example";
import { ListenerId } from "@lemons/shared/contract/identifier";
import {
  ListenerProfile,
  ListenerRemoval,
  ListeningHistory,
  NewListener,
} from "@lemons/shared/contract/listener";
import { bodyLimit } from "hono/body-limit";
import { seesEveryKey, type Viewer } from "../../access/caller.ts";
import { requireKey } from "../../access/require-scope.ts";
import { cacheControl, PRIVATE } from "../../base/http/cache-control.ts";
import { requireJson } from "../../base/http/require-media-type.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import {
  addListener,
  findListenerToChange,
  MAX_OWN_LISTENERS,
  replaceListens,
} from "../../catalogue/change-listeners.ts";
import { findListenerProfile } from "../../catalogue/listeners.ts";
import { isOwnListenerId, ownListenerId } from "../../catalogue/own-ids.ts";
import { removeListener } from "../../work/removal/remove-listener.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import {
  badRequest,
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
const middleware = [requireKey("upload"), cacheControl(PRIVATE)];
const body = [
  requireJson,
  bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new ProblemError({ kind: "body-too-large", limitBytes: MAX_BODY_BYTES });
    },
  }),
];

const params = z.object({ listener: ListenerId });

const postListener = createRoute({
  method: "post",
  path: "/v1/listeners",
  summary: "Add a listener by the tracks that the listener has listened to",
  description: `With the scope admin a listener whom everybody sees; otherwise one of the key's own, at most ${MAX_OWN_LISTENERS}, visible to that key only (and to administrators), and so is what is made for it. \`POST /v1/listeners/{listener}/head\` then makes a model.`,
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
    409: problem("there is a listener of that id, or the key has one of that name", {
      kind: "listener-exists",
      id: "mira",
    }),
  },
});

const putListens = createRoute({
  method: "put",
  path: "/v1/listeners/{listener}/listens",
  summary: "Replace what a listener has listened to",
  description:
    "Recommendations leave out what is named here from now on. The model stays as it is until a head is fitted anew.",
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
  summary: "Remove a listener, with models and scores",
  description:
    "A key its own, with whatever was explained to it; an administrator any. Explanations to everybody's listeners stay, since links to them are public.",
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

export const listenerChangeRoutes = createRouter()
  .openapi(postListener, async (c) => {
    const caller = c.get("caller");
    const asked = c.req.valid("json");
    const owner = seesEveryKey(caller) ? null : caller.key!.id;
    if (owner === null && isOwnListenerId(asked.id)) {
      throw new ProblemError({ kind: "bad-request", errors: [TAKEN_BY_KEYS] });
    }
    const id = owner === null ? asked.id : await ownListenerId(owner, asked.id);
    await addListener(c.env.DB, { ...asked, id }, owner);
    c.header("Location", `/v1/listeners/${id}`);
    return c.json(await profileOf(c.env.DB, id, caller), 201);
  })
  .openapi(putListens, async (c) => {
    const { listener: id } = c.req.valid("param");
    const caller = c.get("caller");
    const listener = await findListenerToChange(c.env.DB, id, caller);
    await replaceListens(c.env.DB, listener, c.req.valid("json"));
    return c.json(await profileOf(c.env.DB, id, caller), 200);
  })
  .openapi(deleteListener, async (c) => {
    const { listener: id } = c.req.valid("param");
    const listener = await findListenerToChange(c.env.DB, id, c.get("caller"));
    return c.json(await removeListener(c.env, listener), 200);
  });

const TAKEN_BY_KEYS = {
  field: "id",
  message: "must not be own- and 32 hexadecimal digits: listeners of keys are called so",
};

async function profileOf(db: D1Database, id: ListenerId, viewer: Viewer): Promise<ListenerProfile> {
  const profile = await findListenerProfile(db, id, viewer);
  if (profile === null) throw new ProblemError({ kind: "unknown-listener", id });
  return profile;
}
