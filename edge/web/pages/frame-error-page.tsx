import type { Problem } from "@lemons/shared/contract/problem";
import assets from "../../assets/asset-names.js";

/** A problem where a player would be, in a frame of whatever page. */
export function renderFrameErrorPage({ status, title, detail }: Problem): string {
  const page = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · LEMONS`}</title>
        <meta name="robots" content="noindex" />
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href={assets.embedStyle} />
      </head>
      <body>
        <main class="problem">
          <p class="status">Error {status}</p>
          <h1>{title}</h1>
          <p>{detail}</p>
          <p>
            <a href="/" target="_top">
              LEMONS
            </a>
          </p>
        </main>
      </body>
    </html>
  );
  return `<!doctype html>${page.toString()}`;
}
