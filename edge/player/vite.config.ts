import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const swaggerUi = path.dirname(
  createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"),
);

/**
 * Names with a hash of the content never change what they mean; the rest is asked for again. Pages of
 * any origin may show players.
 */
const HEADERS = `/player/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/lemons-player.js
  Access-Control-Allow-Origin: *
  Cross-Origin-Resource-Policy: cross-origin
/*
  X-Content-Type-Options: nosniff
`;

/** Scripts that pages name; where somebody else's page names one, it keeps its address. */
const ENTRIES = {
  main: path.join(here, "main.ts"),
  gallery: path.join(here, "gallery", "gallery.ts"),
  "lemons-player": path.join(here, "component", "lemons-player.ts"),
};
const PUBLIC_ENTRY = "lemons-player";

/** Tells the Worker the hashed names of the scripts and the style sheet. */
function assetNames(): Plugin {
  return {
    name: "lemons:asset-names",
    generateBundle(_options, bundle) {
      const files = Object.values(bundle);
      const scriptOf = (entry: keyof typeof ENTRIES) => {
        const file = files.find(
          (each) => each.type === "chunk" && each.isEntry && each.name === entry,
        );
        if (file === undefined) this.error(`the build has no script ${entry}`);
        return `/${file.fileName}`;
      };
      const style = files.find(({ fileName }) => fileName.endsWith(".css"));
      if (style === undefined) this.error("the build has no style sheet");
      const names = {
        script: scriptOf("main"),
        gallery: scriptOf("gallery"),
        style: `/${style.fileName}`,
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
  worker: {
    format: "es",
    rolldownOptions: {
      output: {
        entryFileNames: "player/[name]-[hash].js",
        assetFileNames: "player/[name]-[hash][extname]",
      },
    },
  },
  build: {
    outDir: path.join(here, "..", "assets"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    reportCompressedSize: false,
    rolldownOptions: {
      input: { ...ENTRIES, page: path.join(here, "page.css") },
      output: {
        entryFileNames: ({ name }) =>
          name === PUBLIC_ENTRY ? `${name}.js` : "player/[name]-[hash].js",
        chunkFileNames: "player/[name]-[hash].js",
        assetFileNames: "player/[name]-[hash][extname]",
      },
    },
  },
});
