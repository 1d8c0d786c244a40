import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const swaggerUi = path.dirname(
  createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"),
);

/** Names with a hash of the content never change what they mean; the rest is asked for again. */
const HEADERS = `/player/*
  Cache-Control: public, max-age=31536000, immutable
/*
  X-Content-Type-Options: nosniff
`;

/** Tells the Worker the hashed names of the script and the style sheet. */
function assetNames(): Plugin {
  return {
    name: "lemons:asset-names",
    generateBundle(_options, bundle) {
      const nameOf = (matches: (file: string) => boolean) => {
        const name = Object.keys(bundle).find(matches);
        if (name === undefined) this.error("the build has no script or no style sheet");
        return `/${name}`;
      };
      const names = {
        script: nameOf(
          (file) => bundle[file]?.type === "chunk" && bundle[file].isEntry && file.endsWith(".js"),
        ),
        style: nameOf((file) => file.endsWith(".css")),
      };
      this.emitFile({
        type: "asset",
        fileName: "asset-names.js",
        source: `export default ${JSON.stringify(names)};\n`,
      });
      // What the platform reads itself, and what only the Worker's bundle reads, is not served.
      this.emitFile({ type: "asset", fileName: ".assetsignore", source: "asset-names.js\n" });
      this.emitFile({ type: "asset", fileName: "_headers", source: HEADERS });
    },
  };
}

/** Serves Swagger UI from here, not from a CDN. */
function swaggerUiFiles(): Plugin {
  return {
    name: "lemons:swagger-ui",
    generateBundle() {
      for (const name of ["swagger-ui.css", "swagger-ui-bundle.js", "LICENSE", "NOTICE"]) {
        this.emitFile({
          type: "asset",
          fileName: `vendor/swagger-ui/${name}`,
          source: readFileSync(path.join(swaggerUi, name)),
        });
      }
    },
  };
}

// Whoever builds from a test run inherits NODE_ENV=test, which would pick the libraries' debug builds.
process.env.NODE_ENV = "production";

export default defineConfig({
  root: here,
  publicDir: path.join(here, "public"),
  plugins: [assetNames(), swaggerUiFiles()],
  build: {
    outDir: path.join(here, "..", "assets"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { main: path.join(here, "main.ts"), page: path.join(here, "page.css") },
      output: {
        entryFileNames: "player/[name]-[hash].js",
        chunkFileNames: "player/[name]-[hash].js",
        assetFileNames: "player/[name]-[hash][extname]",
      },
    },
  },
});
