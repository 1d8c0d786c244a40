import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { freePort } from "../stack/port.ts";
import { startStack } from "../stack/stack.ts";
import { testAccess } from "./access.ts";
import { testClient } from "./client.ts";
import { testHttpSemantics } from "./http-semantics.ts";
import { testOwnListeners } from "./own-listeners.ts";
import { testPreferences } from "./preferences.ts";
import type { Service } from "./service.ts";
import { testUploads } from "./uploads.ts";

/** Black-box tests of observable HTTP, each named after the rule that it holds the service to. */
describe("the service on the real local stack", () => {
  let folder: string;
  const service = {} as Service;

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "lemons-conformance-"));
    service.persistTo = path.join(folder, "state");
    service.stack = await startStack({
      edgePort: await freePort(),
      workerPort: await freePort(),
      persistTo: service.persistTo,
      logDirectory: path.join(folder, "logs"),
      onStep: () => {},
    });
  });

  afterAll(async () => {
    await service.stack?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  describe("HTTP semantics", () => testHttpSemantics(service));
  describe("uploads", () => testUploads(service));
  describe("listeners of one's own", () => testOwnListeners(service));
  describe("preferences", () => testPreferences(service));
  describe("the typed client", () => testClient(service));
  describe("access", () => testAccess(service));
});
