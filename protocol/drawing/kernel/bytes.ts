/** Floats that hold 0 … 255 exactly → bytes. */
export function toBytes(floats: usize, bytes: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<u8>(bytes + i, <u8>(<i32>load<f32>(floats + ((<usize>i) << 2))));
  }
}
