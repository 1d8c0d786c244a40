import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { Scope } from "@lemons/shared/contract/access";
import { freePort } from "../stack/port.ts";
import { inRepository } from "../stack/repository.ts";
import { type Stack, type StackOptions, startStack } from "../stack/stack.ts";

/** A running stack with its folders. */
export interface Service {
  stack: Stack;
  /** Holds everything that the stack and the tests write. */
  folder: string;
  /** Folder of the local database. */
  persistTo: string;
}

/** Starts a separate stack; `stopService` stops it and removes its files. */
export async function startService(
  options: Partial<Pick<StackOptions, "onStep" | "signal">> = {},
): Promise<Service> {
  const folder = await mkdtemp(path.join(tmpdir(), "lemons-service-"));
  const persistTo = path.join(folder, "state");
  try {
    const stack = await startStack({
      edgePort: await freePort(),
      workerPort: await freePort(),
      persistTo,
      logDirectory: path.join(folder, "logs"),
      onStep: () => {},
      ...options,
    });
    return { stack, folder, persistTo };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Stops a stack and removes its files. */
export async function stopService({ stack, folder }: Service): Promise<void> {
  await stack.stop();
  await rm(folder, { recursive: true, force: true });
}

const run = promisify(execFile);

/** Makes a key with the real command line, while the stack runs. @returns the headers that carry it */
export async function makeKey(
  { persistTo }: Pick<Service, "persistTo">,
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

/** Sends a request to the service. */
export function ask(service: Service, route: string, init: RequestInit = {}): Promise<Response> {
  return fetch(service.stack.origin + route, { redirect: "manual", ...init });
}

/** Posts JSON. */
export function post(
  service: Service,
  route: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return ask(service, route, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** Reads the body to its end and returns the status. */
export async function statusOf(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}
