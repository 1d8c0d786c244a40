import type { RequestIdVariables } from "hono/request-id";
import type { Caller } from "./caller.ts";

/** What every route of the Worker finds in its context. */
export interface AppEnv {
  Bindings: Env;
  Variables: RequestIdVariables & { caller: Caller };
}
