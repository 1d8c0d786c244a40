// Addresses of files that Vite builds apart from the rest.
declare module "*?worker&url" {
  const url: string;
  export default url;
}
