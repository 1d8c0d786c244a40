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

const MAX_PAGES = 100;

/**
 * Follows a list's cursors from its first page to its last.
 *
 * @throws Error if the list doesn't end within 100 pages
 */
export async function allPages<Page extends { nextCursor: string | null }>(
  load: (cursor: string | null) => Promise<Page>,
): Promise<Page[]> {
  const pages: Page[] = [];
  let cursor: string | null = null;
  for (let i = 0; i < MAX_PAGES; i++) {
    const page: Page = await load(cursor);
    pages.push(page);
    if (page.nextCursor === null) return pages;
    cursor = page.nextCursor;
  }
  throw new Error(`The list doesn't end within ${MAX_PAGES} pages.`);
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
