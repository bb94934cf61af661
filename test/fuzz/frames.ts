import type { RandomStream } from '../../protocol/base/random.js';

/** What no page sends over its WebSocket: every number of a seed gives the same bytes. */

/** Continuation, text, binary, close, ping, pong, and those that nobody has defined. */
const OPCODES = [0, 1, 2, 8, 9, 10, 3, 7, 11, 15];

function payload(random: RandomStream): Buffer {
  const length = random.chance(0.8) ? random.below(130) : random.below(70_000);
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/** A frame as RFC 6455 has it, with something in it that may be wrong: bits, opcode, mask, or a length that is none. */
function frame(random: RandomStream): Buffer {
  const body = payload(random);
  const opcode = OPCODES[random.below(OPCODES.length)] ?? 0;
  const final = random.chance(0.8) ? 0x80 : 0;
  const reserved = random.chance(0.1) ? random.below(8) << 4 : 0;
  const masked = random.chance(0.9) ? 0x80 : 0;
  const claimed = random.chance(0.1) ? random.below(2 ** 31) : body.length;
  const head = Buffer.alloc(14);
  head[0] = final | reserved | opcode;
  let at = 2;
  if (claimed < 126) head[1] = masked | claimed;
  else if (claimed < 65_536) {
    head[1] = masked | 126;
    at = head.writeUInt16BE(claimed, 2);
  } else {
    head[1] = masked | 127;
    at = head.writeBigUInt64BE(BigInt(claimed) << BigInt(random.chance(0.1) ? 32 : 0), 2);
  }
  // A mask of zeros leaves the payload as it is.
  if (masked) at += 4;
  return Buffer.concat([head.subarray(0, at), body]);
}

/** What one connection sends after its handshake. */
export function badFrames(random: RandomStream): Buffer {
  if (random.chance(0.05)) return payload(random);
  const frames = Array.from({ length: 1 + (random.chance(0.2) ? random.below(20) : 0) }, () => frame(random));
  const bytes = Buffer.concat(frames);
  return random.chance(0.2) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}
