import type { ForeignKindName } from './foreign.js';

/** The kinds of archives, by the files in them; the first that is there counts. */
const CONTENTS: readonly (readonly [ForeignKindName, RegExp])[] = [
  ['torch', /(?:^|\/)data\.pkl$/],
  ['keras', /^(?:config\.json|model\.weights\.h5)$/],
  ['coreml', /(?:^|\/)(?:Manifest\.json|\w+\.mlmodel)$/],
  ['arrays', /\.npy$/],
];

/** What a zip archive is, by the names of the files in it. */
export function zipKind(bytes: Buffer): ForeignKindName {
  const names = namesIn(bytes);
  return CONTENTS.find(([, pattern]) => names.some((name) => pattern.test(name)))?.[0] ?? 'zip';
}

/** More files than any model has. */
const MAX_NAMES = 10_000;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
/** The end record has 22 bytes and a comment of at most 65,535. */
const MAX_END = 22 + 0xffff;

/** The names in the directory at the archive's end (PKWARE APPNOTE 4.3.12, 4.3.16); none where it is cut off. */
function namesIn(bytes: Buffer): string[] {
  const names: string[] = [];
  let at = centralDirectory(bytes);
  while (names.length < MAX_NAMES && at + 46 <= bytes.length && bytes.readUInt32LE(at) === CENTRAL) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const end = at + 46 + (name ?? 0);
    names.push(bytes.toString('utf8', at + 46, end));
    at = end + (extra ?? 0) + (comment ?? 0);
  }
  return names.length > 0 ? names : firstName(bytes);
}

function centralDirectory(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - MAX_END);
  for (let at = bytes.length - 22; at >= from; at--) {
    if (bytes.readUInt32LE(at) === END) return bytes.readUInt32LE(at + 16);
  }
  return bytes.length;
}

/** Of an archive that breaks off, the first file still has its name (4.3.7). */
function firstName(bytes: Buffer): string[] {
  if (bytes.length < 30) return [];
  return [bytes.toString('utf8', 30, 30 + bytes.readUInt16LE(26))];
}
