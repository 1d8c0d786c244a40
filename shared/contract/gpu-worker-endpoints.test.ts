import { describe, expect, it } from "vitest";
import { z } from "zod";
import { linksOf, WORKER_ENDPOINT_NAMES, WORKER_ENDPOINTS } from "./gpu-worker-endpoints.ts";

/** Names of the properties of a JSON Schema whose value is a URL. */
function urlProperties(schema: unknown, name = ""): string[] {
  if (typeof schema !== "object" || schema === null) return [];
  if ("format" in schema && schema.format === "uri") return [name];
  return Object.entries(schema).flatMap(([key, value]) => urlProperties(value, key));
}

describe.each(WORKER_ENDPOINT_NAMES)("the endpoint %s", (name) => {
  const { path, request, line, joinable, replayed, results } = WORKER_ENDPOINTS[name];
  const schema = z.toJSONSchema(request, { io: "input", unrepresentable: "any" });
  const kinds = line.options.map(({ shape }) => shape.kind.value as string);

  it("has a path of its own name", () => {
    expect(path).toBe(`/v1/${name}`);
  });

  it("names every link `url`, so that no link escapes the check", () => {
    expect(new Set(urlProperties(schema))).toEqual(new Set(["url"]));
  });

  it("identifies its jobs if they can be joined", () => {
    expect(Object.hasOwn(schema.properties ?? {}, "id")).toBe(joinable);
  });

  it("replays and ends with lines that it has", () => {
    expect(kinds).toEqual(expect.arrayContaining([...replayed, ...results]));
    expect(kinds).toEqual(expect.arrayContaining(["heartbeat", "progress", "problem"]));
  });
});

describe("linksOf", () => {
  it("finds links at any depth, with their fields", () => {
    const request = {
      id: "https://no-link.test",
      models: [{ url: "https://a.test/" }],
      sound: { stems: { drums: { url: "https://b.test/", sha256: "0" } } },
      table: undefined,
    };
    expect(linksOf(request)).toEqual([
      { field: "models.0.url", url: "https://a.test/" },
      { field: "sound.stems.drums.url", url: "https://b.test/" },
    ]);
  });
});
