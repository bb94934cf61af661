import { describe, expect, it } from 'vitest';
import { createArchive } from '../../protocol/archive/archive.js';
import { entriesOf, readEntries } from '../../protocol/archive/entries.js';
import { encodeMessage } from '../../protocol/wire/codec.js';
import { candidateOf, checkpointAt, eliteOf } from '../coordinator/fixtures.js';
import { createAcknowledgements } from './acknowledgements.js';
import { fallsOf } from './verdict.js';

/** The check that finds nothing lost must be able to find it. */

const message = (id: string, number: number, classIds: readonly number[], confidence: number) => {
  const candidate = candidateOf(number);
  const entries = entriesOf(classIds.map((classId) => eliteOf(classId, confidence, candidate)));
  const bytes = encodeMessage({
    type: 'improvements',
    island: 0,
    sequence: 1,
    entries,
    checkpoint: checkpointAt(number),
  });
  return {
    entries,
    stored: {
      type: 'stored',
      subject: 'atoll.r.improve.0',
      header: `NATS/1.0\r\nNats-Msg-Id: ${id}\r\n\r\n`,
      payload: Buffer.from(bytes),
      sequence: 1,
    } as const,
  };
};

const MESSAGES = [message('a', 1, [0, 1], 0.5), message('b', 2, [0], 0.5), message('c', 3, [1, 2], 0.75)];

function lostWithout(dropped: number | undefined): number {
  const acknowledgements = createAcknowledgements();
  const archive = createArchive(3);
  MESSAGES.forEach(({ stored, entries }, i) => {
    acknowledgements.note(stored);
    if (i !== dropped) for (const elite of readEntries(entries)) archive.merge(elite);
  });
  const held = [...archive.elites()].map(({ candidate, ...cell }) => ({ ...cell, digest: candidate.digest }));
  return acknowledgements.lost(held).length;
}

describe('what was acknowledged', () => {
  it('finds nothing lost in an archive that took everything in', () => {
    expect(lostWithout(undefined)).toBe(0);
  });

  it('finds what an archive never got: an empty cell, a lesser elite, and of two equal ones the greater digest', () => {
    expect(lostWithout(2)).toBe(2);
    const greater = candidateOf(1).digest < candidateOf(2).digest ? 1 : 0;
    expect([lostWithout(greater), lostWithout(1 - greater)]).toEqual([0, 1]);
  });

  it('counts what was sent twice once', () => {
    const acknowledgements = createAcknowledgements();
    for (const { stored } of [...MESSAGES, ...MESSAGES]) acknowledgements.note(stored);
    expect(acknowledgements.size).toBe(5);
  });
});

describe('a history', () => {
  const jump = (classId: number, confidence: number, previousConfidence?: number) => ({
    ...{ id: 0, classId, digest: '', confidence, goalSwitch: false, evaluation: 0, cost: 0, time: 0 },
    ...(previousConfidence !== undefined && { previousConfidence }),
  });

  it('that rises has no falls; one that falls, or leaves something out, has', () => {
    expect(fallsOf([jump(0, 0.25), jump(1, 0.1), jump(0, 0.5, 0.25), jump(0, 0.5, 0.5)])).toEqual([]);
    expect(fallsOf([jump(0, 0.5), jump(0, 0.25, 0.5)])).toHaveLength(1);
    expect(fallsOf([jump(0, 0.25), jump(0, 0.75, 0.5)])).toHaveLength(1);
  });
});
