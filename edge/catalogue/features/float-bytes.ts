/** Numbers as D1 keeps them: little-endian float32. */
export function floatBytes(numbers: Float32Array): ArrayBuffer {
  const bytes = new DataView(new ArrayBuffer(4 * numbers.length));
  numbers.forEach((number, i) => {
    bytes.setFloat32(4 * i, number, true);
  });
  return bytes.buffer;
}
