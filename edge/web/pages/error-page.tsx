import type { Problem } from "@lemons/shared/contract/problem";
import assets from "../../assets/asset-names.js";
import { renderPage } from "./layout.tsx";

/** Renders a problem as a page of the site. */
export function renderErrorPage(problem: Problem): string {
  const { status, title, detail, errors, instance } = problem;
  return renderPage({
    title,
    description: title,
    path: "",
    children: (
      <div class="prose">
        <p class="muted">Error {status}</p>
        <h1>{title}</h1>
        {errors === undefined || errors.length === 0 ? (
          <p>{detail}</p>
        ) : (
          <ul>
            {errors.map(({ field, message }) => (
              <li>
                <code>{field}</code> {message}
              </li>
            ))}
          </ul>
        )}
        <p>
          <a class="button" href="/">
            All listeners
          </a>
        </p>
        {instance === undefined ? null : (
          <p class="muted">
            Request <code>{instance}</code>
          </p>
        )}
      </div>
    ),
  });
}

/** Renders a problem in place of an embedded player. */
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
