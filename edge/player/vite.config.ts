import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { FONT_PATHS } from "../web/embedding/font-paths.ts";

const here = path.dirname(fileURLToPath(import.meta.url));
const { resolve } = createRequire(import.meta.url);
const swaggerUi = path.dirname(resolve("swagger-ui-dist/package.json"));
const inter = path.dirname(resolve("@fontsource/inter/package.json"));

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
  embed: path.join(here, "embed", "embed.ts"),
  "lemons-player": path.join(here, "component", "lemons-player.ts"),
};
const STYLES = { page: "page-style.css", embed: path.join("embed", "embed-style.css") };
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

/** What is served from here, not from a CDN: Swagger UI, and the pictures' typeface. */
function vendoredFiles(): Plugin {
  return {
    name: "lemons:vendored-files",
    generateBundle() {
      for (const fontPath of FONT_PATHS) {
        this.emitFile({
          type: "asset",
          fileName: fontPath.slice(1),
          source: readFileSync(path.join(inter, "files", path.basename(fontPath))),
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

// Whoever builds from a test run inherits NODE_ENV=test, which would pick the libraries' debug builds.
process.env.NODE_ENV = "production";

export default defineConfig({
  root: here,
  // Files find one another from wherever they lie: in a package, another origin's page, ours.
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
