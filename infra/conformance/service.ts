import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Scope } from "@lemons/shared/contract/access";
import { inRepository } from "../stack/repository.ts";
import type { Stack } from "../stack/stack.ts";

/** The running stack, as the world sees it. */
export interface Service {
  stack: Stack;
  /** Folder of the local database. */
  persistTo: string;
}

const run = promisify(execFile);

/** Makes a key with the real command line, while the stack runs. @returns what its holder sends */
export async function makeKey(
  { persistTo }: Service,
  scopes: readonly Scope[],
  options: readonly string[] = [],
): Promise<{ Authorization: string }> {
  const { stdout } = await run(process.execPath, [
    inRepository("gpu-worker", "cli.ts"),
    ...["keys", "create", "--name", "conformance", "--scope", ...scopes, ...options],
    ...["--persist-to", persistTo, "--json"],
  ]);
  const { token } = JSON.parse(stdout) as { token: string };
  return { Authorization: `Bearer ${token}` };
}

/** Asks the service. */
export function ask(service: Service, path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(service.stack.origin + path, { redirect: "manual", ...init });
}

/** Posts JSON. */
export function post(
  service: Service,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return ask(service, path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** An answer's status, its body read and left. */
export async function statusOf(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}
