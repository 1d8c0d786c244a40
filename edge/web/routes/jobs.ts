import { createRoute, z } from "@hono/zod-openapi";
import { ExplanationId } from "@lemons/shared/contract/identifier";
import { Job } from "@lemons/shared/contract/job";
import { jobExample } from "@lemons/shared/contract/job.example";
import { findJob } from "../../work/explanations/find-explanation.ts";
import { createRouter } from "./create-app.ts";
import { noQuery } from "./parameters.ts";
import { badRequest, json, problem, refusals } from "./responses.ts";

const getJob = createRoute({
  method: "get",
  path: "/v1/jobs/{job}",
  summary: "How far the computation of an explanation is",
  request: { params: z.object({ job: ExplanationId }), ...noQuery },
  responses: {
    200: json("the job; its id is the explanation's", Job, jobExample, "Cache-Control"),
    400: badRequest,
    ...refusals,
    404: problem("nobody has asked for this explanation", {
      kind: "unknown-explanation",
      id: jobExample.id,
    }),
  },
});

export const jobRoutes = createRouter().openapi(getJob, async (c) => {
  const job = await findJob(c.env, c.req.valid("param").job, c.get("caller"));
  c.header("Cache-Control", "no-store");
  return c.json(job, 200);
});
