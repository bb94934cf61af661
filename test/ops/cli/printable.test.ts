import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { print, printJson, say, table } from '../../../ops/cli/output.js';
import { printable, printableJson, printableLines } from '../../../ops/cli/printable.js';
import { createProgressLine } from '../../../ops/cli/progress.js';
import { callAtoll } from '../call.js';

/** A colour, a bell, C1's own escape, ends of lines in three ways, and marks that turn the direction of writing. */
const OBEYED = [
  '\u001b[31m',
  '\u0007',
  '\u009b31m',
  '\r',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200f',
  '\u061c',
];
const HOSTILE = OBEYED.map((each, i) => `${i}${each}`).join('');
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what may not be there.
const ANY = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

function captured(stream: NodeJS.WriteStream, work: () => void): string {
  const chunks: string[] = [];
  const spy = vi.spyOn(stream, 'write').mockImplementation((chunk) => chunks.push(String(chunk)) > 0);
  try {
    work();
  } finally {
    spy.mockRestore();
  }
  return chunks.join('');
}

it('what a terminal obeys becomes a space, and all else stays', () => {
  for (const each of OBEYED) expect(printable(`a${each}b`)).not.toMatch(ANY);
  expect(printable('a\u001b[31m\nb')).toBe('a [31m b');
  expect(printableLines('a\n\n\u001bb\r\nc')).toBe('a\n\n b \nc');
  const harmless = 'Größe 鯨 🐳 ≥ .99 — it’s é';
  expect(printable(harmless)).toBe(harmless);
});

it('JSON holds escapes of it, and means the same', () => {
  const value = { label: HOSTILE, [HOSTILE]: ['鯨'] };
  expect(printableJson(value)).not.toMatch(ANY);
  expect(JSON.parse(printableJson(value))).toEqual(value);
});

it('no way to speak lets it through: results, tables, JSON, notes, progress', () => {
  const said = [
    captured(process.stdout, () => print(HOSTILE)),
    captured(process.stdout, () => printJson(HOSTILE)),
    captured(process.stderr, () => say(HOSTILE)),
    captured(process.stderr, () => {
      const progress = createProgressLine(() => 0, false);
      progress.update(HOSTILE);
      progress.note(HOSTILE);
      progress.done();
    }),
    table([[HOSTILE, 'b\nc']]),
  ];
  for (const text of said) {
    expect(text).not.toMatch(ANY);
    expect(text).toMatch(/0( |\\u001b)\[31m1/);
  }
});

it('a folder of runs whose names hold it is listed without it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'atoll-hostile-'));
  await mkdir(join(root, `x\u001b[31m\u202e`));
  await writeFile(join(root, `x\u001b[31m\u202e`, 'run.yaml'), '- \u009b');
  const { code, stdout } = await callAtoll(['runs', '--runs', root]);
  const { stdout: json } = await callAtoll(['runs', '--runs', root, '--json']);
  await rm(root, { recursive: true, force: true });
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('x [31m ') });
  expect(stdout).not.toMatch(ANY);
  expect(json).not.toMatch(ANY);
});
