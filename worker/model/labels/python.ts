/** A value of Python as JSON would have it; a dict's keys are text, as they are in JSON. */
export type Literal = string | number | boolean | null | Literal[] | { [key: string]: Literal };

const NAMED = new Map<string, Literal>([
  ['None', null],
  ['True', true],
  ['False', false],
]);
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\n': '' };
/** More nesting than any labels have; a hostile file may not exhaust the stack. */
const MAX_DEPTH = 20;

/**
 * Reads a literal of Python as people paste it into files: dict, list, tuple, text in single or double quotes, numbers,
 * None, True and False, with comments and commas at the end. `name =` may stand before it. Throws a SyntaxError that says
 * where it stops being one.
 */
export function parsePython(text: string): Literal {
  let at = /^\s*[A-Za-z_]\w*\s*=(?!=)/.exec(text)?.[0].length ?? 0;

  const fail = (): never => {
    const line = text.slice(0, at).split('\n').length;
    throw new SyntaxError(
      at < text.length ? `unexpected ${JSON.stringify(text[at])} in line ${line}` : 'it breaks off',
    );
  };
  const skip = (): void => {
    const space = /(?:\s|#[^\n]*)*/y;
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
  };
  const take = (token: string): boolean => {
    skip();
    if (!text.startsWith(token, at)) return false;
    at += token.length;
    return true;
  };
  const match = (pattern: RegExp): string | undefined => {
    const sticky = new RegExp(pattern, 'y');
    sticky.lastIndex = at;
    const found = sticky.exec(text)?.[0];
    at += found?.length ?? 0;
    return found;
  };

  function value(depth: number): Literal {
    if (depth > MAX_DEPTH) return fail();
    if (take('{')) return dict(depth);
    if (take('[')) return items(']', depth);
    if (take('(')) return items(')', depth);
    const number = match(/[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/);
    if (number !== undefined) return Number(number.replaceAll('_', ''));
    const open = match(/[uUrRbB]{0,2}["']/);
    if (open !== undefined) return string(open.at(-1) ?? '');
    const word = match(/[A-Za-z]+/);
    const named = NAMED.get(word ?? '');
    return named === undefined ? fail() : named;
  }

  function items(close: string, depth: number): Literal[] {
    const found: Literal[] = [];
    while (!take(close)) {
      found.push(value(depth + 1));
      if (!take(',') && !text.startsWith(close, at)) return fail();
    }
    return found;
  }

  function dict(depth: number): Literal {
    const entries: [string, Literal][] = [];
    while (!take('}')) {
      const key = value(depth + 1);
      if (!take(':')) return fail();
      entries.push([String(key), value(depth + 1)]);
      if (!take(',') && !text.startsWith('}', at)) return fail();
    }
    return Object.fromEntries(entries);
  }

  /** Text stands side by side with text that goes on with it: `'tench, ' 'Tinca tinca'`. */
  function string(quote: string): string {
    let found = '';
    for (;;) {
      const plain = match(/[^"'\\]+/) ?? '';
      found += plain;
      const next = text[at];
      if (next === undefined) return fail();
      at++;
      if (next === '\\') found += escaped();
      else if (next !== quote) found += next;
      else break;
    }
    skip();
    const open = match(/[uU]?["']/);
    return open === undefined ? found : found + string(open.at(-1) ?? '');
  }

  function escaped(): string {
    const code = match(/u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}/);
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const next = text[at] ?? '';
    at++;
    return ESCAPES[next] ?? next;
  }

  const result = value(0);
  skip();
  return at === text.length ? result : fail();
}
