import { afterAll, beforeAll, describe } from "vitest";
import { testAccess } from "./access.ts";
import { testClient } from "./client.ts";
import { testHttpSemantics } from "./http-semantics.ts";
import { testOwnListeners } from "./own-listeners.ts";
import { testPreferences } from "./preferences.ts";
import { type Service, startService, stopService } from "./service.ts";
import { testUploads } from "./uploads.ts";

/**
 * Black-box tests of observable HTTP, each named after the rule it checks. A test continues where the one
 * before it stopped, so they keep their order however other tests are shuffled.
 */
describe("the service on the real local stack", { shuffle: false }, () => {
  const service = {} as Service;

  beforeAll(async () => {
    Object.assign(service, await startService());
  });
  afterAll(() => service.stack && stopService(service));

  describe("HTTP semantics", () => testHttpSemantics(service));
  describe("uploads", () => testUploads(service));
  describe("private listeners", () => testOwnListeners(service));
  describe("preferences", () => testPreferences(service));
  describe("the typed client", () => testClient(service));
  describe("access", () => testAccess(service));
});
