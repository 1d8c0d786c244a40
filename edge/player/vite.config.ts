import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const here = path.dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const swaggerUi = path.dirname(resolve("swagger-ui-dist/package.json"));
const inter = path.dirname(resolve("@fontsource/inter/package.json"));

/** Inter, the typeface of the pictures that the Worker draws: two character sets, two weights. */
const FONT_FILES = [
  "inter-latin-400-normal.woff2",
  "inter-latin-700-normal.woff2",
  "inter-latin-ext-400-normal.woff2",
  "inter-latin-ext-700-normal.woff2",
];

/**
 * Files with a content hash in their name are cached for a year; the others are revalidated. Pages of
 * any origin may load the player.
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

/** Scripts that pages load by name. */
const ENTRIES = {
  main: path.join(here, "main.ts"),
  gallery: path.join(here, "gallery", "gallery.ts"),
  embed: path.join(here, "embed", "embed.ts"),
  "lemons-player": path.join(here, "component", "lemons-player.ts"),
};
const STYLES = { page: "page-style.css", embed: path.join("embed", "embed-style.css") };
/** Other sites load this one, so its name has no hash. */
const PUBLIC_ENTRY = "lemons-player";

/** Writes the hashed names of scripts, style sheets and fonts for the Worker to import. */
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
      const styleOf = (entry: keyof typeof STYLES) => {
        const file = files.find(
          ({ fileName }) =>
            fileName.startsWith(`player/${entry}-style-`) && fileName.endsWith(".css"),
        );
        if (file === undefined) this.error(`the build has no style sheet ${entry}`);
        return `/${file.fileName}`;
      };
      const names = {
        script: scriptOf("main"),
        gallery: scriptOf("gallery"),
        embed: scriptOf("embed"),
        style: styleOf("page"),
        embedStyle: styleOf("embed"),
        fonts: FONT_FILES.map((file) => `/vendor/inter/${file}`),
      };
      this.emitFile({
        type: "asset",
        fileName: "asset-names.js",
        source: `export default ${JSON.stringify(names)};\n`,
      });
      // The Worker bundles this file; it is not served.
      this.emitFile({ type: "asset", fileName: ".assetsignore", source: "asset-names.js\n" });
      this.emitFile({ type: "asset", fileName: "_headers", source: HEADERS });
    },
  };
}

/** Copies third-party files that are served from here instead of a CDN: Swagger UI and Inter. */
function vendoredFiles(): Plugin {
  return {
    name: "lemons:vendored-files",
    generateBundle() {
      for (const file of FONT_FILES) {
        this.emitFile({
          type: "asset",
          fileName: `vendor/inter/${file}`,
          source: readFileSync(path.join(inter, "files", file)),
        });
      }
      this.emitFile({
        type: "asset",
        fileName: "vendor/inter/LICENSE",
        source: readFileSync(path.join(inter, "LICENSE")),
      });
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

// A build started by a test run inherits NODE_ENV=test, which selects debug builds of libraries.
process.env.NODE_ENV = "production";

export default defineConfig({
  root: here,
  // Relative addresses work in a package and on pages of other origins, too.
  base: "./",
  publicDir: path.join(here, "public"),
  plugins: [assetNames(), vendoredFiles()],
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
      input: {
        ...ENTRIES,
        "page-style": path.join(here, STYLES.page),
        "embed-style": path.join(here, STYLES.embed),
      },
      output: {
        entryFileNames: ({ name }) =>
          name === PUBLIC_ENTRY ? `${name}.js` : "player/[name]-[hash].js",
        chunkFileNames: "player/[name]-[hash].js",
        assetFileNames: "player/[name]-[hash][extname]",
      },
    },
  },
});
