/** A compiled `WebAssembly.Module` of enumerate.wasm; hosts name its type differently. */
export type EnumerationModule = object;

/** Exports of enumerate.wasm; see `assembly/`. */
export interface EnumerationExports {
  memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  statistics: { readonly value: number };
  configure(
    leftBits: number,
    fixedBits: number,
    rightBits: number,
    positive: number,
    channels: number,
  ): number;
  beginBase(bias: number): void;
  beginStates(fixed: number): void;
  foldLeft(scalars: number, maxima: number, bits: number, count: number): void;
  foldRight(scalars: number, maxima: number, bits: number, count: number): void;
  settleStates(): void;
  beginTally(wholeRelevance: number): void;
  addRows(row: number): void;
  endBlock(): void;
  wholeLogit(): number;
  relevance(logit: number): number;
}

/** The WebAssembly API in use; this package has no types of any host. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => EnumerationModule;
  Instance: new (module: EnumerationModule) => { readonly exports: unknown };
};

/** Compiles enumerate.wasm. Workerd imports it compiled and does not need this. */
export function compileEnumeration(bytes: Uint8Array): EnumerationModule {
  return new WebAssembly.Module(bytes);
}

/** Creates an instance with its own memory. */
export function instantiate(module: EnumerationModule): EnumerationExports {
  return new WebAssembly.Instance(module).exports as EnumerationExports;
}
