import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imageFileName } from '../../../coordinator/export/file-name.js';
import { fitText, outline, textWidth, wrapText } from '../../../coordinator/export/lettering.js';
import { layOutSheet } from '../../../coordinator/export/sheet-layout.js';
import { cutLabel, shownLabel } from '../../../coordinator/export/shown-label.js';

describe('a contact sheet', () => {
  const side = fc.integer({ min: 1, max: 1024 });

  it('has room for every class, and no two cells overlap, whatever the size of the pictures', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 22_000 }),
        fc.nat(),
        fc.nat(),
        fc.record({ width: side, height: side }),
        (classes, a, b, size) => {
          const layout = layOutSheet(classes, size);
          const { cell, picture } = layout;
          expect(picture.width).toBeLessThanOrEqual(cell);
          const corners = [a % classes, b % classes, classes - 1].map((classId) => layout.corner(classId));
          for (const { x, y } of corners) {
            expect(x).toBeGreaterThanOrEqual(layout.margin);
            expect(y).toBeGreaterThan(layout.title.baseline);
            expect(x + cell).toBeLessThanOrEqual(layout.width - layout.margin);
            expect(y + picture.height).toBeLessThanOrEqual(layout.height - layout.margin);
          }
          const [first, second] = corners;
          if (first && second && a % classes !== b % classes) {
            const [x, y] = [Math.abs(first.x - second.x), Math.abs(first.y - second.y)];
            expect(x > cell || y > picture.height).toBe(true);
          }
        },
      ),
    );
  });

  it('enlarges pictures by a whole factor, or reduces them in their proportion', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), side, side, (classes, width, height) => {
        const { picture, factor } = layOutSheet(classes, { width, height });
        if (factor > 0) {
          expect(picture).toEqual({ width: width * factor, height: height * factor });
        } else {
          expect(Math.max(picture.width, picture.height)).toBeLessThan(Math.max(width, height));
          expect(Math.abs(picture.width / width - picture.height / height)).toBeLessThan(
            1 / Math.min(width, height),
          );
        }
      }),
    );
    expect(layOutSheet(10, { width: 28, height: 28 })).toMatchObject({ factor: 8, cell: 224 });
    expect(layOutSheet(1000, { width: 224, height: 224 })).toMatchObject({ factor: 0, cell: 96 });
    expect(layOutSheet(10, { width: 76, height: 41 })).toMatchObject({ factor: 3, cell: 228 });
  });

  it('cuts a label to the room there is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 40 }),
        fc.integer({ min: 20, max: 300 }),
        (text, width) => {
          expect(textWidth(fitText(text, 12, width), 12)).toBeLessThanOrEqual(Math.max(width, 0));
        },
      ),
    );
    expect(fitText('bus', 12, 100)).toBe('bus');
    expect(fitText('a very long label indeed', 12, 60)).toMatch(/^a very.*…$/);
  });

  it('cuts a label of a million characters in no more time than it takes to read it once', () => {
    const label = `${'ab '.repeat(333_333)}\u0007`;
    const began = performance.now();
    const fitted = fitText(label, 12, 96);
    expect(performance.now() - began).toBeLessThan(5000);
    expect(fitted).toBe(fitText(label.slice(0, 200), 12, 96));
    expect(imageFileName(3, label, 0.5, 10)).toBe(imageFileName(3, label.slice(0, 200), 0.5, 10));
  });

  it('breaks its caption between words, and loses none', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 1 }),
        fc.integer({ min: 120, max: 900 }),
        (words, width) => {
          const lines = wrapText(words.join(' '), 12, width);
          expect(lines.join(' ')).toBe(words.join(' '));
          for (const line of lines) expect(textWidth(line, 12)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('draws the letters that it has, and a question mark for each other one', () => {
    expect(outline({ text: 'é', x: 5, y: 9, size: 12 })).toBe(outline({ text: 'e', x: 5, y: 9, size: 12 }));
    expect(outline({ text: '獅', x: 5, y: 9, size: 12 })).toBe(outline({ text: '?', x: 5, y: 9, size: 12 }));
    expect(outline({ text: ' ', x: 5, y: 9, size: 12 })).toBe('');
    const right = outline({ text: 'l', x: 50, y: 9, size: 12, anchor: 'end' });
    expect(right).toContain(`M${Math.round((50 - textWidth('l', 12)) * 100) / 100} 9`);
  });
});

describe('a label that is shown', () => {
  it('is one line of at most 200 characters, without anything that moves a cursor', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (label) => {
        const shown = shownLabel(label);
        expect([...shown].length).toBeLessThanOrEqual(200);
        expect(shown).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
      }),
    );
    expect(shownLabel('school bus')).toBe('school bus');
    expect(shownLabel('red\u001b[31m\nalert\u202e')).toBe('red [31m alert');
    expect(shownLabel('\ud83d')).toBe('');
  });

  it('is cut between two characters, never in one', () => {
    const cats = '🐈'.repeat(100_000);
    expect(cutLabel(cats)).toBe(`${'🐈'.repeat(199)}…`);
    expect(cutLabel('🐈'.repeat(200))).toBe('🐈'.repeat(200));
    expect(cutLabel(`x${cats}`)).toBe(`x${'🐈'.repeat(198)}…`);
  });
});

describe('the file name of an image', () => {
  it('is safe, short and starts with the class, whatever the label', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.nat(999),
        fc.float({ min: 0, max: 1, noNaN: true }),
        (label, id, confidence) => {
          const name = imageFileName(id, label, confidence, 1000);
          expect(name).toMatch(/^\d{4}_([\p{L}\p{N}_]+_)?[01]\.\d{4}\.png$/u);
          expect(Buffer.byteLength(name)).toBeLessThan(255);
          expect(Number(name.slice(-10, -4))).toBeLessThanOrEqual(confidence);
        },
      ),
    );
  });

  it('keeps letters of any script, and grows with the network', () => {
    expect(imageFileName(4, '獅子', 0.25, 10)).toBe('0004_獅子_0.2500.png');
    expect(imageFileName(4, '!!', 0.25, 21_841)).toBe('00004_0.2500.png');
  });
});
