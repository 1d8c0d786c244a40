import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { freePort } from "../stack/port.ts";
import { inRepository } from "../stack/repository.ts";

const CLIENT = createRequire(import.meta.url).resolve("player.js");
/** Folder that the player package is written to. */
export const PACKAGE = inRepository("build", "lemons-player");
const MEDIA_TYPES: Readonly<Record<string, string>> = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};

/** Another site: its own origin and pages, the player.js client and the package. */
export interface ForeignSite {
  origin: string;
  close(): void;
}

/** Starts a site. @param pages the bodies of its pages, by path */
export async function startForeignSite(pages: Record<string, string>): Promise<ForeignSite> {
  const client = await readFile(CLIENT, "utf8");
  const port = await freePort();
  const server = createServer(async (request, response) => {
    const path = request.url ?? "/";
    if (path === "/player.js") {
      response.setHeader("Content-Type", "text/javascript").end(client);
      return;
    }
    if (path.startsWith("/package/") && !path.includes("..")) {
      const file = join(PACKAGE, path.slice("/package/".length));
      const bytes = await readFile(file).catch(() => null);
      if (bytes === null) response.statusCode = 404;
      response
        .setHeader("Content-Type", MEDIA_TYPES[extname(file)] ?? "text/plain")
        .end(bytes ?? "");
      return;
    }
    const body = pages[path];
    response.statusCode = body === undefined ? 404 : 200;
    response
      .setHeader("Content-Type", "text/html; charset=utf-8")
      .end(body === undefined ? "" : documentOf(body));
  });
  await new Promise<void>((resolve) => {
    server.listen(port, "127.0.0.1", resolve);
  });
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}

const documentOf = (body: string) =>
  `<!doctype html><html lang="en"><head><title>Elsewhere</title><link rel="icon" href="data:,"></head><body>${body}</body></html>`;
