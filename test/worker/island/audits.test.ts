import { describe, expect, it } from 'vitest';
import { encodeGenome } from '../../../protocol/encodings/codec.js';
import type { Audited } from '../../../protocol/wire/messages.js';
import { createAudits } from '../../../worker/island/audits.js';
import { candidateOf } from './elites.js';

const CLASSES = 3;

function start(batch: number) {
  const answers: Audited[] = [];
  const calls: number[] = [];
  const clock = { seconds: 0 };
  const audits = createAudits({
    island: 2,
    batch,
    classes: CLASSES,
    async score(genomes) {
      calls.push(genomes.length);
      return Float32Array.from({ length: genomes.length * CLASSES }, (_, i) => i / 64);
    },
    link: { audited: (answer) => answers.push(answer) },
    clock: () => clock.seconds,
  });
  const ask = (number: number) =>
    audits.add({ number, genome: encodeGenome(candidateOf(number).genome), classIds: [2, 0] });
  return { audits, answers, calls, clock, ask };
}

describe('audits on an island', () => {
  it('are answered with the confidences of the classes that were asked for, in their order', async () => {
    const { audits, answers, ask } = start(2);
    ask(7);
    ask(8);
    await audits.answer();
    expect(answers).toEqual([
      { island: 2, number: 7, confidences: [2 / 64, 0] },
      { island: 2, number: 8, confidences: [5 / 64, 3 / 64] },
    ]);
  });

  it('wait for a whole batch, or for a second since the last', async () => {
    const { audits, calls, clock, ask } = start(4);
    ask(1);
    await audits.answer();
    expect(calls).toEqual([1]);
    ask(2);
    await audits.answer();
    expect(calls).toEqual([1]);
    for (const number of [3, 4, 5]) ask(number);
    await audits.answer();
    expect(calls).toEqual([1, 4]);
    ask(6);
    clock.seconds = 1;
    await audits.answer();
    expect(calls).toEqual([1, 4, 1]);
  });

  it('are all answered while the island rests', async () => {
    const { audits, answers, ask } = start(2);
    for (let number = 0; number < 5; number++) ask(number);
    await audits.answer(true);
    expect(answers.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4]);
  });

  it('are dropped where there are too many, and where the bytes are no genome', async () => {
    const { audits, answers, ask } = start(100);
    audits.add({ number: 0, genome: new Uint8Array([1, 2, 3]), classIds: [0] });
    for (let number = 1; number <= 70; number++) ask(number);
    await audits.answer();
    expect(answers).toHaveLength(64);
    expect(answers[0]?.number).toBe(7);
  });
});
