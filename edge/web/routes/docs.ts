import { createRouter } from "./create-app.ts";

const PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>LEMONS API</title>
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <link rel="icon" href="/favicon.svg" type="image/svg+xml">
    <link rel="stylesheet" href="/vendor/swagger-ui/swagger-ui.css">
    <script src="/vendor/swagger-ui/swagger-ui-bundle.js" defer></script>
    <script src="/docs/reference.js" defer></script>
  </head>
  <body>
    <div id="reference"><noscript>The description itself: <a href="/openapi.json">openapi.json</a>.</noscript></div>
  </body>
</html>
`;

const SCRIPT = `window.addEventListener("DOMContentLoaded", () => {
  window.SwaggerUIBundle({ url: "/openapi.json", dom_id: "#reference", deepLinking: true, validatorUrl: null });
});
`;

const CACHE = { "Cache-Control": "public, max-age=3600" };

/** The API's reference: Swagger UI from our own assets over /openapi.json. */
export const docsRoutes = createRouter();

docsRoutes.get("/docs", (c) => c.html(PAGE, 200, CACHE));
docsRoutes.get("/docs/reference.js", (c) =>
  c.body(SCRIPT, 200, { ...CACHE, "Content-Type": "text/javascript; charset=utf-8" }),
);
