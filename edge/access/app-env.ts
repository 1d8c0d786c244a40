import type { RequestIdVariables } from "hono/request-id";
import type { WorkerEnv } from "../base/http/worker-env.ts";
import type { Caller } from "./caller.ts";

/** The Hono environment of every route. */
export interface AppEnv extends WorkerEnv {
  Variables: RequestIdVariables & { caller: Caller };
}
