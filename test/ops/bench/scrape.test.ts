import { expect, it } from 'vitest';
import { runAtoll } from '../atoll.js';

it('the scrape bench reads every class, in less than 300 kB for a thousand', async () => {
  const { code, stdout, stderr } = await runAtoll(['bench', 'scrape', '--scrapes', '3', '--json']);
  expect(code, stderr).toBe(0);
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ classes: 1000, scrapes: 3 });
  // Two lines a class, of at least 40 characters.
  expect(result.bytes).toBeGreaterThan(80_000);
  expect(result.bytes).toBeLessThan(300_000);
  expect(result.largest).toBeGreaterThanOrEqual(result.median);
  expect(result.processorSeconds).toBeGreaterThan(0);
});
