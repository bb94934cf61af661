import { describe, expect, it } from 'vitest';
import { runAtoll } from '../atoll.js';

describe('the gradient bench', () => {
  it('counts in forward passes, and the bytes of a genome that the engine draws', async () => {
    const flags = ['bench', 'gradient', '--encoding', 'dense', '--seconds', '1', '--json'];
    const { code, stdout, stderr } = await runAtoll(flags);
    expect(code, stderr).toBe(0);
    const { forwardPasses, kernel, drawn, rounds } = JSON.parse(stdout);
    expect(rounds).toBeGreaterThanOrEqual(3);
    for (const passes of [forwardPasses, drawn.gradientPasses, kernel.stepPasses]) {
      expect(passes).toBeGreaterThan(1);
    }
    expect(kernel.drawPasses).toBeGreaterThan(0);
    expect(kernel.stepPasses).toBeGreaterThan(kernel.drawPasses);
    // Weights of a grey picture, four bytes each, and a class of eight.
    expect(drawn.bytes).toBe(4 * (4 * 24 + 2 * 28 * 24 + 28) + 8);
  });
});
