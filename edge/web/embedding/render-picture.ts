import { initWasm, Resvg } from "@resvg/resvg-wasm";
import resvgModule from "@resvg/resvg-wasm/index_bg.wasm";
import assets from "../../assets/asset-names.js";

let ready: Promise<readonly Uint8Array[]> | null = null;

/** Loads the renderer and the fonts from the static assets, once per isolate. */
async function prepare(files: Fetcher): Promise<readonly Uint8Array[]> {
  await initWasm(resvgModule);
  return Promise.all(
    assets.fonts.map(async (path) => {
      const response = await files.fetch(new URL(path, "http://assets"));
      if (!response.ok)
        throw new Error(`Missing font ${path} in the static assets. Build the player.`);
      return new Uint8Array(await response.arrayBuffer());
    }),
  );
}

/** Renders an SVG as PNG. The same SVG gives the same bytes. */
export async function renderPicture(files: Fetcher, svg: string): Promise<Uint8Array> {
  ready ??= prepare(files).catch((error: unknown) => {
    ready = null;
    throw error;
  });
  const fonts = await ready;
  const picture = new Resvg(svg, {
    font: { fontBuffers: [...fonts], loadSystemFonts: false, defaultFontFamily: "Inter" },
  });
  try {
    const drawn = picture.render();
    try {
      return drawn.asPng();
    } finally {
      drawn.free();
    }
  } finally {
    picture.free();
  }
}
