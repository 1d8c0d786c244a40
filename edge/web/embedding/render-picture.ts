import { initWasm, Resvg } from "@resvg/resvg-wasm";
import resvgModule from "@resvg/resvg-wasm/index_bg.wasm";
import assets from "../../assets/asset-names.js";

let ready: Promise<readonly Uint8Array[]> | null = null;

/** Once an isolate: the module, and the typeface, which lies with the static assets. */
async function prepare(files: Fetcher): Promise<readonly Uint8Array[]> {
  await initWasm(resvgModule);
  return Promise.all(
    assets.fonts.map(async (path) => {
      const response = await files.fetch(new URL(path, "http://assets"));
      if (!response.ok) throw new Error(`the font ${path} is not among the assets`);
      return new Uint8Array(await response.arrayBuffer());
    }),
  );
}

/** Draws an SVG as PNG: the same bytes for the same picture. */
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
