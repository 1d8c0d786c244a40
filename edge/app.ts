import { pages } from "./pages/index.tsx";
import { describeApi } from "./routes/api-description.ts";
import { batchRoutes } from "./routes/batches.ts";
import { createApp } from "./routes/create-app.ts";
import { docsRoutes } from "./routes/docs.ts";
import { embeddingRoutes } from "./routes/embedding.ts";
import { explanationRoutes } from "./routes/explanations.ts";
import { healthRoutes } from "./routes/health.ts";
import { jobRoutes } from "./routes/jobs.ts";
import { listenerChangeRoutes } from "./routes/listener-changes.ts";
import { listenerRoutes } from "./routes/listeners.ts";
import { modelRoutes } from "./routes/models.ts";
import { objectRoutes } from "./routes/objects.ts";
import { recommendationRoutes } from "./routes/recommendations.ts";
import { trackRoutes } from "./routes/tracks.ts";
import { uploadRoutes } from "./routes/uploads.ts";
import { usageRoutes } from "./routes/usage.ts";
import { webhookRoutes } from "./routes/webhooks.ts";

/** The whole Worker as one router. */
export const app = createApp();

app.route("/", listenerRoutes);
app.route("/", listenerChangeRoutes);
app.route("/", recommendationRoutes);
app.route("/", trackRoutes);
app.route("/", modelRoutes);
app.route("/", uploadRoutes);
app.route("/", explanationRoutes);
app.route("/", jobRoutes);
app.route("/", batchRoutes);
app.route("/", usageRoutes);
app.route("/", embeddingRoutes);
app.route("/", webhookRoutes);
app.route("/", healthRoutes);
describeApi(app);
app.route("/", docsRoutes);
app.route("/", objectRoutes);
app.route("/", pages);
