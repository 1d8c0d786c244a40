import { makeKey } from "../conformance/service.ts";

/** Makes an API key with the scope admin, while the stack runs. @returns its token */
export async function makeAdminKey(persistTo: string): Promise<string> {
  const { Authorization } = await makeKey({ persistTo }, ["admin"], ["--compute-seconds", "86400"]);
  return Authorization.slice("Bearer ".length);
}
