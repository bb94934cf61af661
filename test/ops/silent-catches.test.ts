import { describe, expect, it } from 'vitest';
import { SHIPPED } from './sources.js';

/** Errors that are passed over: each says in a word why nothing is lost, or tells the trace (protocol/base/trace.ts). */

/** The place behind the bracket that closes the one at `open`; the end of the text where none does. */
function closing(text: string, open: number): number {
  const pair = { '{': '}', '(': ')' }[text[open] ?? ''] ?? '';
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === text[open]) depth++;
    else if (text[at] === pair && --depth === 0) return at + 1;
  }
  return text.length;
}

const explains = (text: string): boolean => /\/\/|\/\*|\btrace\(/.test(text);

/** The lines from `start` to `end`, whole, and the one before them. */
function linesAround(text: string, start: number, end: number): string {
  const first = text.lastIndexOf('\n', start);
  const before = text.lastIndexOf('\n', first - 1) + 1;
  const last = text.indexOf('\n', end);
  return text.slice(before, last < 0 ? text.length : last);
}

/** The numbers of the lines in which an error is passed over without a word. */
function silences(text: string): number[] {
  const found: number[] = [];
  for (const match of text.matchAll(/\bcatch(?: \((\w+)(?:: unknown)?\))? \{/g)) {
    const open = match.index + match[0].length - 1;
    const body = text.slice(open, closing(text, open));
    const name = match[1];
    const used = name !== undefined && new RegExp(`\\b${name}\\b`).test(body);
    if (!used && !explains(body)) found.push(match.index);
  }
  // Handlers that do not take the error: `.catch(() => …)`, and the second of `.then(…, () => …)`.
  for (const match of text.matchAll(/\.(catch|then)\(/g)) {
    const end = closing(text, match.index + match[0].length - 1);
    const handler =
      match[1] === 'catch'
        ? /^\.catch\(\(\)(?:: [^=]+)? =>/
        : /,\s*(?:\/\/[^\n]*\s*)?\(\) => [\w[\]]+,?\s*\)$/;
    const passes = handler.test(text.slice(match.index, end));
    if (passes && !explains(linesAround(text, match.index, end))) found.push(match.index);
  }
  return found.map((at) => text.slice(0, at).split('\n').length).sort((a, b) => a - b);
}

describe('an error that is passed over', () => {
  it('has its reason beside it, or is told to the trace', () => {
    const silent = SHIPPED.flatMap(({ path, text }) => silences(text).map((line) => `${path}:${line}`));
    expect(silent).toEqual([]);
    expect(SHIPPED.filter(({ text }) => /\btrace\(/.test(text)).length).toBeGreaterThan(15);
  });

  it('is found however it is written', () => {
    expect(silences('try {\n  a();\n} catch {\n  return;\n}')).toEqual([3]);
    expect(silences('try {\n  a();\n} catch (error) {\n  return;\n}')).toEqual([3]);
    expect(silences('await a()\n  .catch(() => undefined);')).toEqual([2]);
    expect(silences('a().catch((): string[] => []);')).toEqual([1]);
    expect(silences('a().then(\n  () => true,\n  () => false,\n);')).toEqual([1]);
  });

  it('is let pass where there is a word, the trace, or something that is done with it', () => {
    expect(silences('try {\n  a();\n} catch {\n  // Not there.\n  return;\n}')).toEqual([]);
    expect(silences('try {\n  a();\n} catch (error) {\n  throw new B(error);\n}')).toEqual([]);
    expect(silences("try {\n  a();\n} catch (error) {\n  return trace('a', error);\n}")).toEqual([]);
    expect(silences('// Not there.\nawait a().catch(() => undefined);')).toEqual([]);
    expect(silences('a().then(\n  () => true,\n  // Not there.\n  () => false,\n);')).toEqual([]);
  });
});
