// Pixels that are inherited as they are: byte = ⌊255 · gene / 65535⌋ = ⌊gene / 257⌋.

import { toBytes } from './bytes';
import { finishRow, Target } from './finish';

@unmanaged
class DirectPicture {
  /** At least 4; see Picture. */
  width: i32;
  height: i32;
  /** Genes, 16 bits each, channels interleaved; 16 bytes beyond the last may be read. */
  genes: usize;
  channels: i32;
  /** A row of floats for each channel, `width` rounded up to a multiple of 4. */
  row0: usize;
  row1: usize;
  row2: usize;
  /** For every column of the picture, the offset of its genes within a row, bytes. */
  columns: usize;
  /** For every row of the picture, the offset of its genes, bytes. */
  rows: usize;
  /** Whether column i of the picture is column i of the genes. */
  identity: i32;
  finish: i32;
  bytes: usize;
  rowBytes: i32;
}

export function drawDirect(picture: usize, target: usize): void {
  const p = changetype<DirectPicture>(picture);
  for (let row = 0; row < p.height; row++) {
    const genes = p.genes + load<u32>(p.rows + (<usize>row << 2));
    if (p.channels == 3) {
      if (p.identity != 0) spread3(p, genes);
      else gather3(p, genes);
    } else if (p.identity != 0) {
      spread1(p, genes);
    } else {
      gather1(p, genes);
    }
    const t = changetype<Target>(target);
    finishRow(p.finish, p.row0, p.row1, p.row2, p.width, row, t);
    if (p.bytes != 0) toBytes(t.red, p.bytes + row * p.rowBytes, p.rowBytes);
  }
}

/** Genes in 32-bit lanes → bytes as floats. The half keeps the product away from integers, where rounding could err. */
@inline
function byteOfGene(genes: v128): v128 {
  const middle = f32x4.add(f32x4.convert_i32x4_s(genes), f32x4.splat(0.5));
  return f32x4.trunc(f32x4.mul(middle, f32x4.splat(1.0 / 257.0)));
}

function spread3(p: DirectPicture, genes: usize): void {
  const low = i32x4.splat(0xffff);
  for (let j: usize = 0; j < <usize>p.width << 2; j += 16) {
    // Genes 0 … 7 and 4 … 11 of four pixels' twelve.
    const a = v128.load(genes);
    const b = v128.load(genes, 8);
    v128.store(p.row0 + j, byteOfGene(v128.and(v128.shuffle<u16>(a, b, 0, 0, 3, 0, 6, 0, 13, 0), low)));
    v128.store(p.row1 + j, byteOfGene(v128.and(v128.shuffle<u16>(a, b, 1, 0, 4, 0, 7, 0, 14, 0), low)));
    v128.store(p.row2 + j, byteOfGene(v128.and(v128.shuffle<u16>(a, b, 2, 0, 5, 0, 12, 0, 15, 0), low)));
    genes += 24;
  }
}

function spread1(p: DirectPicture, genes: usize): void {
  for (let j: usize = 0; j < <usize>p.width << 2; j += 16) {
    v128.store(p.row0 + j, byteOfGene(v128.load16x4_u(genes)));
    genes += 8;
  }
}

function gather3(p: DirectPicture, genes: usize): void {
  for (let j: usize = 0; j < <usize>p.width << 2; j += 4) {
    const at = genes + load<u32>(p.columns + j);
    store<f32>(p.row0 + j, <f32>(<u32>load<u16>(at) / 257));
    store<f32>(p.row1 + j, <f32>(<u32>load<u16>(at, 2) / 257));
    store<f32>(p.row2 + j, <f32>(<u32>load<u16>(at, 4) / 257));
  }
}

function gather1(p: DirectPicture, genes: usize): void {
  for (let j: usize = 0; j < <usize>p.width << 2; j += 4) {
    store<f32>(p.row0 + j, <f32>(<u32>load<u16>(genes + load<u32>(p.columns + j)) / 257));
  }
}
