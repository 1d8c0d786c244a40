import type { onnx } from "onnx-proto";

/** Reads an ONNX node's attributes by name, with defaults. */
export interface NodeAttributes {
  int(name: string, fallback: number): number;
  /** Returns an empty list if the attribute is missing. */
  ints(name: string): number[];
  text(name: string, fallback: string): string;
  float(name: string, fallback: number): number;
}

export function attributesOf(node: onnx.INodeProto): NodeAttributes {
  const find = (name: string) => node.attribute?.find((each) => each.name === name);
  return {
    int: (name, fallback) => Number(find(name)?.i ?? fallback),
    ints: (name) => (find(name)?.ints ?? []).map(Number),
    text: (name, fallback) => {
      const bytes = find(name)?.s;
      return bytes ? new TextDecoder().decode(bytes) : fallback;
    },
    float: (name, fallback) => find(name)?.f ?? fallback,
  };
}
