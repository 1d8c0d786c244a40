import { exports } from "cloudflare:workers";

let callers = 0;

/** Sends a request to the Worker, each time from another address unless the test sets one. */
export function request(path: string, init?: RequestInit): Promise<Response> {
  const asked = new Request(new URL(path, "http://lemons.test"), init);
  if (!asked.headers.has(ADDRESS))
    asked.headers.set(ADDRESS, `10.0.${callers >> 8}.${callers & 255}`);
  callers++;
  return exports.default.fetch(asked);
}

const ADDRESS = "CF-Connecting-IP";

/** Posts JSON to the Worker. */
export function post(path: string, body: unknown, headers: HeadersInit = {}): Promise<Response> {
  return request(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
}

/** The parts of a problem that callers act on. */
export async function problemOf(
  response: Response,
): Promise<{ status: number; type: string; detail: string; fields: string[] }> {
  if (response.headers.get("Content-Type") !== "application/problem+json") {
    throw new Error(`no problem but ${response.status} ${await response.text()}`);
  }
  const body = await response.json<{
    type: string;
    status: number;
    detail: string;
    errors?: { field: string }[];
  }>();
  if (body.status !== response.status) throw new Error("the body's status is not the answer's");
  return {
    status: body.status,
    type: body.type,
    detail: body.detail,
    fields: (body.errors ?? []).map((error) => error.field),
  };
}
