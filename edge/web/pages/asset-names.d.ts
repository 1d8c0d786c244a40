// Vite writes this module when it builds the player (edge/player/vite.config.ts). File names contain a
// content hash.
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
