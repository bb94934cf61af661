/** One thing said in NATS' client protocol, in either direction. */
export interface Frame {
  /** `PUB`, `HMSG`, `+OK` …, in capitals. */
  readonly verb: string;
  /** What stands on its line after the verb. */
  readonly words: readonly string[];
  /** `NATS/1.0` and the lines after it; empty where there are none. */
  readonly header: string;
  readonly payload: Buffer;
}

export interface FrameReader {
  /** Takes in the next bytes of a connection. What it hands on are copies. */
  push(chunk: Buffer): void;
}

const END = Buffer.from('\r\n');
const WITH_PAYLOAD = new Set(['PUB', 'HPUB', 'MSG', 'HMSG']);

/** Reads one direction of a connection, however its bytes are cut; a line that ends with a size has a payload. */
export function createFrameReader(onFrame: (frame: Frame) => void): FrameReader {
  let rest: Buffer = Buffer.alloc(0);

  /** The length of the frame at `at`; undefined while it is not whole. */
  function frameAt(at: number): number | undefined {
    const lineEnd = rest.indexOf(END, at);
    if (lineEnd < 0) return undefined;
    const [word = '', ...words] = rest.toString('latin1', at, lineEnd).split(/[ \t]+/);
    const verb = word.toUpperCase();
    const begin = lineEnd + END.length;
    if (!WITH_PAYLOAD.has(verb)) {
      onFrame({ verb, words, header: '', payload: Buffer.alloc(0) });
      return begin - at;
    }
    const size = Number(words.at(-1));
    if (rest.length < begin + size + END.length) return undefined;
    const split = verb.startsWith('H') ? begin + Number(words.at(-2)) : begin;
    onFrame({
      verb,
      words,
      header: rest.toString('utf8', begin, split),
      payload: Buffer.from(rest.subarray(split, begin + size)),
    });
    return begin + size + END.length - at;
  }

  return {
    push(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      let at = 0;
      for (let length = frameAt(at); length !== undefined; length = frameAt(at)) at += length;
      rest = Buffer.from(rest.subarray(at));
    },
  };
}

/** A header's value; undefined where it has none of that name. */
export function headerValue(header: string, name: string): string | undefined {
  const line = header.split('\r\n').find((each) => each.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}
