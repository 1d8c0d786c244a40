// Work that outlives its test finds nobody, as with a gpu-worker that is away.
globalThis.fetch = () => Promise.reject(new TypeError("connection refused"));
