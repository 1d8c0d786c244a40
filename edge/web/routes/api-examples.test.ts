import type { RouteConfig } from "@hono/zod-openapi";
import { Problem } from "@lemons/shared/contract/problem";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { app } from "../../app.ts";
import { request } from "../../test/request.ts";

/** The description of one body in one media type. */
interface DescribedBody {
  name: string;
  mediaType: string;
  schema: unknown;
  examples: unknown[];
  status: string | null;
}

const definitions = app.openAPIRegistry.definitions.flatMap((definition) => {
  if (definition.type === "route") return [definition.route];
  return definition.type === "webhook" ? [definition.webhook] : [];
});

function bodiesOf(route: RouteConfig): DescribedBody[] {
  const name = `${route.method} ${route.path}`;
  const sent = Object.entries(route.request?.body?.content ?? {}).map(([mediaType, content]) => ({
    ...described(mediaType, content),
    name: `${name}, asked in ${mediaType}`,
    status: null,
  }));
  const answered = Object.entries(route.responses).flatMap(([status, response]) =>
    Object.entries("content" in response ? (response.content ?? {}) : {}).map(
      ([mediaType, content]) => ({
        ...described(mediaType, content),
        name: `${name}, answered ${status} in ${mediaType}`,
        status,
      }),
    ),
  );
  return [...sent, ...answered];
}

interface Content {
  $ref?: string;
  schema?: unknown;
  example?: unknown;
  examples?: Record<string, { value?: unknown } | { $ref: string }> | undefined;
}

/** Returns the body's own examples, or its schema's. */
function described(mediaType: string, content: Content = {}) {
  const { schema } = content;
  const named = Object.values(content.examples ?? {}).map((each) =>
    "value" in each ? each.value : undefined,
  );
  const own = content.example === undefined ? named : [content.example, ...named];
  const ofSchema = schema instanceof z.ZodType ? schema.meta()?.example : undefined;
  return {
    mediaType,
    schema,
    examples: own.length === 0 && ofSchema !== undefined ? [ofSchema] : own,
  };
}

const bodies = definitions.flatMap(bodiesOf);
const ofJson = bodies.filter(({ mediaType }) => /[/+]json$/.test(mediaType));

describe("the examples of /openapi.json", () => {
  it("cover every JSON body and every event stream", () => {
    const withoutExample = bodies.filter(
      ({ mediaType, examples }) => /json$|^text\//.test(mediaType) && examples.length === 0,
    );
    expect(withoutExample.map(({ name }) => name)).toEqual([]);
    expect(ofJson.length).toBeGreaterThan(100);
  });

  it.each(ofJson)("$name: match the schema, without further fields", (body) => {
    const { schema, examples } = body;
    if (!(schema instanceof z.ZodType)) throw new Error("the schema is not from the contract");
    for (const example of examples) {
      const kept = schema.parse(example);
      // Requests can leave out defaults; responses have every field of the schema.
      if (body.status === null) expect(kept).toMatchObject(example as object);
      else expect(kept).toEqual(example);
    }
  });

  it("cover every kind of problem under its status", () => {
    const shown = ofJson.filter(({ schema }) => schema === Problem);
    expect(
      shown.flatMap(({ name, status, examples }) =>
        examples
          .map((example) => Problem.parse(example))
          .filter((example) => String(example.status) !== status)
          .map((example) => [name, example.type]),
      ),
    ).toEqual([]);
  });

  it("match the schema of every parameter and header", async () => {
    const { paths, webhooks, components } = await (await request("/openapi.json")).json<{
      paths: Record<string, Record<string, Operation>>;
      webhooks: Record<string, Record<string, Operation>>;
      components: { schemas: Record<string, Schema>; headers: Record<string, Header> };
    }>();
    const resolve = ({ $ref, ...own }: Schema): Schema => ({
      ...components.schemas[($ref ?? "").replace("#/components/schemas/", "")],
      ...own,
    });
    const parameters = [...Object.values(paths), ...Object.values(webhooks)].flatMap((methods) =>
      Object.values(methods).flatMap((operation) => operation.parameters ?? []),
    );
    const faults = parameters
      .map(({ name, schema }) => ({ name, schema: resolve(schema) }))
      .concat(
        Object.entries(components.headers).map(([name, { schema, example }]) => ({
          name,
          schema: { ...schema, example },
        })),
      )
      .filter(({ schema }) => !z.fromJSONSchema(schema).safeParse(schema.example).success);
    expect(faults).toEqual([]);
    expect(parameters.length).toBeGreaterThan(50);
  });
});

type Schema = { $ref?: string; example?: unknown } & Record<string, unknown>;
interface Header {
  schema: Schema;
  example: unknown;
}
interface Operation {
  parameters?: { name: string; schema: Schema }[];
}
