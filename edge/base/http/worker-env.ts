/** The Hono environment of code that needs only the Worker's bindings. */
export interface WorkerEnv {
  Bindings: Env;
}
