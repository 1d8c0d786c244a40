import { resetStorage } from "./storage.ts";

// Work that outlives its test reaches no gpu-worker.
globalThis.fetch = () => Promise.reject(new TypeError("connection refused"));

// Vitest runs this file before each test file, so no file finds another's rows, objects or jobs.
await resetStorage();
