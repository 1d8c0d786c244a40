import { embeddedPages } from "./pages/embedded-pages.ts";
import { pages } from "./pages/index.tsx";
import { songPages } from "./pages/song-pages.tsx";
import { apiRoutes } from "./routes/api.ts";
import { describeApi } from "./routes/api-description.ts";
import { createApp } from "./routes/create-app.ts";
import { docsRoutes } from "./routes/docs.ts";
import { objectRoutes } from "./routes/objects.ts";

/** The whole Worker as one router. */
export const app = createApp();

for (const routes of apiRoutes) app.route("/", routes);
describeApi(app);
app.route("/", docsRoutes);
app.route("/", objectRoutes);
app.route("/", pages);
app.route("/", embeddedPages);
app.route("/", songPages);
