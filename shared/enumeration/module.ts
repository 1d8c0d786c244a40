/** A compiled `WebAssembly.Module` of enumerate.wasm; hosts name its type differently. */
export type EnumerationModule = object;

/** Exports of enumerate.wasm; assembly/ says what each does. */
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

/** The part of the WebAssembly API used; no host's types are at hand here. */
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => EnumerationModule;
  Instance: new (module: EnumerationModule) => { readonly exports: unknown };
};

/** Compiles enumerate.wasm, where the host has not done so (workerd imports it compiled). */
export function compileEnumeration(bytes: Uint8Array): EnumerationModule {
  return new WebAssembly.Module(bytes);
}

/** A fresh instance with a memory of its own. */
export function instantiate(module: EnumerationModule): EnumerationExports {
  return new WebAssembly.Instance(module).exports as EnumerationExports;
}
