import { describe, expect, it, vi } from 'vitest';
import { createAudits, type Referee, type Suspicion } from '../../../coordinator/audit/audits.js';
import { randomFrom } from '../../../protocol/base/seeded-random.js';
import type { Genome } from '../../../protocol/encodings/genome.js';
import type { Audit } from '../../../protocol/wire/messages.js';
import { CANVAS, entryOf } from '../fixtures.js';

const NONE = new Float32Array(10);

/** Audits of everything that arrives, among these islands. */
function start(
  islands: readonly number[],
  options: { readonly referee?: Referee; readonly device?: string } = {},
) {
  const asked: { island: number; audit: Audit }[] = [];
  const suspicions: Suspicion[] = [];
  const audits = createAudits({
    spec: { rate: 1, elites: 0, tolerance: 0 },
    belongs: (genome: Genome) => genome.encoding === 'cppn' && genome.canvas === CANVAS,
    random: randomFrom(1),
    clock: () => 0,
    auditors: () => islands.map((number) => ({ number, device: options.device ?? 'cpu' })),
    isSuspect: (island) => suspicions.some((suspicion) => suspicion.island === island),
    ask: (island, audit) => asked.push({ island, audit }),
    ...(options.referee && { referee: options.referee }),
    onSuspect: (suspicion) => suspicions.push(suspicion),
  });
  /** Has the island that was asked last find these confidences. */
  const answer = (...confidences: number[]) => {
    const last = asked.at(-1);
    if (last) audits.answered({ island: last.island, number: last.audit.number, confidences });
  };
  return { audits, asked, suspicions, answer };
}

describe('an audit', () => {
  it('is asked of another island than the sender', () => {
    const { audits, asked } = start([0, 1, 2]);
    for (let i = 0; i < 30; i++) audits.consider(1, [entryOf(i, [3], 0.5)], NONE);
    expect(new Set(asked.map(({ island }) => island))).toEqual(new Set([0, 2]));
    expect(asked[0]?.audit).toMatchObject({ genome: entryOf(0, [3], 0.5).genome, classIds: [3] });
  });

  it('holds where both find the same within the tolerance of their devices', () => {
    const { audits, answer, suspicions } = start([0, 1]);
    audits.consider(0, [entryOf(1, [3, 4], 0.5)], NONE);
    answer(0.5 + 1e-6, 0.5 - 1e-6);
    expect(audits.counts).toEqual({ held: 1, differed: 0, unanswered: 0, alone: 0 });
    expect(suspicions).toEqual([]);
  });

  it('makes the sender suspect whose image scores less elsewhere', async () => {
    const { audits, answer, suspicions } = start([0, 1]);
    audits.consider(0, [entryOf(1, [3, 4], 0.75)], NONE);
    answer(0.75, 0.5);
    await vi.waitFor(() =>
      expect(suspicions).toEqual([{ island: 0, by: 1, classId: 4, claimed: 0.75, scored: 0.5 }]),
    );
    expect(audits.counts.differed).toBe(1);
  });

  it('takes NaN for a difference', async () => {
    const { audits, answer, suspicions } = start([0, 1]);
    audits.consider(0, [entryOf(1, [3], 0.75)], NONE);
    answer(Number.NaN);
    await vi.waitFor(() => expect(suspicions).toHaveLength(1));
  });

  it('makes the island suspect that was asked, where the referee confirms the sender', async () => {
    const { audits, answer, suspicions } = start([0, 1], { referee: async () => [0.75] });
    audits.consider(0, [entryOf(1, [3], 0.75)], NONE);
    answer(0.5);
    await vi.waitFor(() =>
      expect(suspicions).toEqual([{ island: 1, by: 0, classId: 3, claimed: 0.75, scored: 0.5 }]),
    );
  });

  it('makes the sender suspect where the referee cannot score', async () => {
    const referee = () => Promise.reject(new Error('no engine'));
    const { audits, answer, suspicions } = start([0, 1], { referee });
    audits.consider(0, [entryOf(1, [3], 0.75)], NONE);
    answer(0.5);
    await vi.waitFor(() => expect(suspicions[0]?.island).toBe(0));
  });

  it('has the referee judge one dispute at a time, and none that is settled', async () => {
    const judged = vi.fn(async () => [0.5]);
    const { audits, asked, suspicions } = start([0, 1], { referee: judged });
    for (let i = 0; i < 20; i++) audits.consider(0, [entryOf(i, [3], 0.75)], NONE);
    for (const { island, audit } of asked)
      audits.answered({ island, number: audit.number, confidences: [0.5] });
    await vi.waitFor(() => expect(suspicions).toHaveLength(1));
    await new Promise((resolve) => setImmediate(resolve));
    expect(judged).toHaveBeenCalledTimes(1);
  });

  it('is asked of the sender where that is alone, and counted apart', async () => {
    const { audits, answer, suspicions, asked } = start([5]);
    audits.consider(5, [entryOf(1, [3], 0.75)], NONE);
    expect(asked[0]?.island).toBe(5);
    expect(audits.counts.alone).toBe(1);
    answer(0.5);
    await vi.waitFor(() => expect(suspicions).toMatchObject([{ island: 5, by: 5 }]));
  });

  it('asks no island where none is there, and never about an image that cannot be drawn', () => {
    const nobody = start([]);
    nobody.audits.consider(0, [entryOf(1, [3], 0.75)], NONE);
    expect(nobody.asked).toEqual([]);
    const { audits, asked } = start([0, 1]);
    const found = { classIds: [3], confidences: [0.5], evaluation: 1, island: 0 };
    audits.consider(
      0,
      [
        { ...found, genome: new Uint8Array([1, 2, 3]) },
        { ...found, digest: 'ab'.repeat(32) },
      ],
      NONE,
    );
    expect(asked).toEqual([]);
  });
});
