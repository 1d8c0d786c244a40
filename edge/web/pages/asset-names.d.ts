// Built by Vite beside the player (edge/player/vite.config.ts); names carry a hash of the content.
declare module "*/asset-names.js" {
  const names: {
    readonly script: string;
    readonly gallery: string;
    readonly embed: string;
    readonly style: string;
    readonly embedStyle: string;
    readonly fonts: readonly string[];
  };
  export default names;
}
