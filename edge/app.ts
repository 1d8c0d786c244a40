import { createApp } from "./routes/create-app.ts";
import { healthRoutes } from "./routes/health.ts";

export const app = createApp();

app.route("/", healthRoutes);
