// URLs of Web Workers, which Vite bundles separately.
declare module "*?worker&url" {
  const url: string;
  export default url;
}
