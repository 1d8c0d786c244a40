import { describe, expect, it } from "vitest";
import { app } from "../../app.ts";
import { request } from "../../test/request.ts";

type Schema = { $ref?: string } & Record<string, unknown>;

interface Operation {
  summary?: string;
  parameters?: { required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
}

interface Description {
  openapi: string;
  webhooks: Record<string, { post: { requestBody: object } }>;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object>; headers: Record<string, object> };
}

const description = async () => (await request("/openapi.json")).json<Description>();

/** Lists every `$ref` of a document. */
function references(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "$ref" && typeof inner === "string" ? [inner] : references(inner),
  );
}

describe("GET /openapi.json", () => {
  it("is OpenAPI 3.1 and describes every route of the API", async () => {
    const { openapi, paths } = await description();
    expect(openapi).toBe("3.1.0");
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && path.startsWith("/v1/"))
      .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const besides = ["get /healthz", "get /oembed", "get /e/{explanation}/picture.png"];
    expect(new Set(described)).toEqual(new Set([...served, ...besides]));
    expect(described).toContain("post /v1/explanations");
  });

  it("refuses every keyless write from another site's page", async () => {
    const { paths } = await description();
    const writes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => method !== "get")
        .map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "x")] as const),
    );
    expect(writes.length).toBeGreaterThan(10);
    for (const [method, path] of writes) {
      const headers = { "Sec-Fetch-Site": "cross-site", "Content-Type": "application/json" };
      const response = await request(path, { method, headers, body: "{}" });
      await response.body?.cancel();
      expect([method, path, response.status]).toEqual([method, path, 401]);
    }
  });

  it("resolves every reference and describes every route's responses", async () => {
    const document = await description();
    const { schemas, headers } = document.components;
    const names = [
      ...Object.keys(schemas).map((name) => `schemas/${name}`),
      ...Object.keys(headers).map((name) => `headers/${name}`),
    ];
    for (const reference of references(document)) {
      expect(names).toContain(reference.replace("#/components/", ""));
    }
    for (const methods of Object.values(document.paths)) {
      for (const { summary, responses } of Object.values(methods)) {
        expect(summary).toBeTruthy();
        expect(Object.keys(responses).length).toBeGreaterThan(0);
      }
    }
  });

  it("describes the key errors of every route, and the limits of every write", async () => {
    const { paths } = await description();
    for (const [path, methods] of Object.entries(paths)) {
      if (!path.startsWith("/v1/")) continue;
      for (const [method, { responses }] of Object.entries(methods)) {
        const wanted = method === "get" ? ["400", "401", "403"] : ["400", "401", "403", "429"];
        expect([method, path, Object.keys(responses)]).toEqual([
          method,
          path,
          expect.arrayContaining(wanted),
        ]);
      }
    }
  });

  it("has an example of every route's input", async () => {
    const { paths, components } = await description();
    const hasExample = (schema: Schema): boolean => {
      const { $ref, ...own } = schema;
      const named = components.schemas[($ref ?? "").replace("#/components/schemas/", "")];
      return "example" in own || (named !== undefined && "example" in named);
    };
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { parameters = [], requestBody }] of Object.entries(methods)) {
        const wanted = parameters.filter(({ required }) => required).map(({ schema }) => schema);
        const body = requestBody?.content["application/json"]?.schema;
        const without = [...wanted, ...(body ? [body] : [])].filter(
          (schema) => !hasExample(schema),
        );
        expect([method, path, without]).toEqual([method, path, []]);
      }
    }
  });

  it("names only headers that pages of other origins can read", async () => {
    const { headers } = (await description()).components;
    const response = await request("/v1/tracks", { headers: { Origin: "https://other.example" } });
    // The Fetch standard always exposes these two.
    const exposed = ["Cache-Control", "Last-Modified"].concat(
      response.headers.get("Access-Control-Expose-Headers")!.split(","),
    );
    expect(exposed).toEqual(expect.arrayContaining(Object.keys(headers)));
  });

  it("names each contract once, with its examples", async () => {
    const { schemas } = (await description()).components;
    expect(Object.keys(schemas)).toEqual(
      expect.arrayContaining([
        ...["ExplanationRequest", "Job", "Listener", "ListenerProfile", "Problem"],
        ...["PublishedExplanation", "RecommendationPage", "Track", "TrackDetail"],
      ]),
    );
    expect(schemas.ExplanationRequest).toMatchObject({ example: { listener: "ilse" } });
  });
});

it("describes the webhooks", async () => {
  const { webhooks } = await description();
  expect(Object.keys(webhooks)).toEqual(["explanation"]);
  expect(references(webhooks.explanation)).toEqual(["#/components/schemas/WebhookPayload"]);
});

describe("GET /docs", () => {
  it("loads nothing from other hosts and has nothing inline", async () => {
    const response = await request("/docs");
    const policy = response.headers.get("Content-Security-Policy")!;
    expect(policy).toContain("script-src 'self';");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
    const page = await response.text();
    expect(page).not.toMatch(/https?:|<script>|<style|style=| on\w+=/);
    const script = await request("/docs/reference.js");
    expect(script.headers.get("Content-Type")).toContain("text/javascript");
    expect(await script.text()).toContain('url: "/openapi.json"');
  });
});
