import { createRoute, z } from "@hono/zod-openapi";
import {
  listenerPageExample,
  listenerProfileExample,
} from "@lemons/shared/contract/catalogue.example";
import { ListenerId } from "@lemons/shared/contract/identifier";
import { ListenerPage, ListenerProfile } from "@lemons/shared/contract/listener";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { readCursor, writeCursor } from "../../base/http/cursor.ts";
import { ProblemError } from "../../base/problems/problem.ts";
import { findListenerProfile, ListenerPlace, listListeners } from "../../catalogue/listeners.ts";
import { isOwnListenerId } from "../../catalogue/own-ids.ts";
import { createRouter } from "./create-app.ts";
import { conditional, noQuery, pageQuery } from "./parameters.ts";
import { badRequest, json, notModified, problem, refusals, unknownListener } from "./responses.ts";

const DEFAULT_LISTENERS = 50;
const MAX_LISTENERS = 200;

const getListeners = createRoute({
  method: "get",
  path: "/v1/listeners",
  summary: "Listeners",
  description:
    "Everybody's, and those of the caller's key; for an administrator those of all keys.",
  request: {
    query: pageQuery(DEFAULT_LISTENERS, MAX_LISTENERS, 1).extend({
      mine: z
        .enum(["true", "false"])
        .default("false")
        .describe("only the listeners of the caller's key")
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
  summary: "A listener's profile",
  request: { params: z.object({ listener: ListenerId }), ...noQuery, ...conditional },
  responses: {
    200: json(
      "taste, listening history by falling play count, and the active model",
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
  });
