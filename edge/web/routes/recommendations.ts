import { createRoute, z } from "@hono/zod-openapi";
import { recommendationPageExample } from "@lemons/shared/contract/catalogue.example";
import { ListenerId } from "@lemons/shared/contract/identifier";
import {
  DEFAULT_RECOMMENDATIONS,
  MAX_RECOMMENDATIONS,
  RecommendationPage,
} from "@lemons/shared/contract/recommendation";
import { PRIVATE } from "../../base/http/cache-control.ts";
import { readCursor } from "../../base/http/cursor.ts";
import { isOwnListenerId } from "../../catalogue/own-ids.ts";
import { RankedPlace } from "../../catalogue/recommendations.ts";
import { recommendationPage } from "../../work/scoring/recommendation-page.ts";
import { createRouter } from "./create-app.ts";
import { conditional, pageQuery } from "./parameters.ts";
import { badRequest, json, notModified, problem, refusals, unknownListener } from "./responses.ts";

const getRecommendations = createRoute({
  method: "get",
  path: "/v1/listeners/{listener}/recommendations",
  summary: "List recommendations for a listener",
  description:
    "By descending relevance, without tracks that the listener has played. The first request starts the computation of missing scores. Until all scores exist, the ranking can change and responses aren't cached.",
  request: {
    params: z.object({ listener: ListenerId }),
    query: pageQuery(DEFAULT_RECOMMENDATIONS, MAX_RECOMMENDATIONS, [
      0.6964,
      "wesnoth-battle-epic",
      1,
    ] satisfies z.input<typeof RankedPlace>),
    ...conditional,
  },
  responses: {
    200: json(
      "a page of recommendations",
      RecommendationPage,
      recommendationPageExample,
      "Cache-Control",
      "ETag",
    ),
    304: notModified,
    400: badRequest,
    ...refusals,
    404: problem("no such listener, or the listener has no model", unknownListener, {
      kind: "no-model",
      listener: "mira",
    }),
  },
});

export const recommendationRoutes = createRouter().openapi(getRecommendations, async (c) => {
  const { listener } = c.req.valid("param");
  const { limit, cursor } = c.req.valid("query");
  const after = cursor === undefined ? undefined : readCursor(cursor, RankedPlace);
  const page = await recommendationPage(c.env, listener, {
    limit,
    after,
    viewer: c.get("caller"),
  });
  const { scored, failed, total } = page.scoring;
  const isComplete = scored + failed >= total;
  c.header(
    "Cache-Control",
    isOwnListenerId(listener) ? PRIVATE : isComplete ? "no-cache" : "no-store",
  );
  return c.json(page, 200);
});
