import { embedRoutes } from "./web/pages/embed-routes.ts";
import { pageRoutes } from "./web/pages/page-routes.tsx";
import { songRoutes } from "./web/pages/song-routes.tsx";
import { apiRoutes } from "./web/routes/api.ts";
import { describeApi, referenceRoutes } from "./web/routes/api-description.ts";
import { createApp } from "./web/routes/create-app.ts";
import { objectRoutes } from "./web/routes/objects.ts";

/** The router of the Worker: API, reference, signed links and pages. */
export const app = createApp();

for (const routes of apiRoutes) app.route("/", routes);
describeApi(app);
app.route("/", referenceRoutes);
app.route("/", objectRoutes);
app.route("/", pageRoutes);
app.route("/", embedRoutes);
app.route("/", songRoutes);
