import type { StoreReader } from '../../../coordinator/store/store.js';
import type { EmitterName } from '../../../protocol/spec/emitter-names.js';
import { type EmitterShare, shareOf } from '../../../protocol/wire/emitter-share.js';
import { barRows } from '../figures/bar-rows.js';
import type { Figure } from '../figures/shape.js';
import { percent, whole } from '../results/format.js';
import type { Table } from '../results/table.js';

/** What an emitter made of its share of a run. */
export interface PaidShare extends EmitterShare {
  readonly emitter: EmitterName;
  /** Of the forward passes of all emitters, 0 … 1. */
  readonly share: number;
  /** Gain in log-odds for each forward pass; absent where there was none. */
  readonly pay?: number;
}

/** What each of the emitters of a run made of its share, over all islands, as of their checkpoints. */
export function paidShares(
  reader: Pick<StoreReader, 'islands'>,
  emitters: readonly EmitterName[],
): PaidShare[] {
  const totals = reader.islands().flatMap(({ checkpoint }) => checkpoint?.totals ?? []);
  const sums = emitters.map((emitter) => {
    const shares = totals.map((each) => shareOf(each, emitter));
    const sum = (key: keyof EmitterShare) => shares.reduce((all, share) => all + share[key], 0);
    return {
      emitter,
      evaluations: sum('evaluations'),
      cost: sum('cost'),
      improvement: sum('improvement'),
    };
  });
  const all = sums.reduce((sum, { cost }) => sum + cost, 0);
  return sums.map((each) => ({
    ...each,
    share: all > 0 ? each.cost / all : 0,
    ...(each.cost > 0 && { pay: each.improvement / each.cost }),
  }));
}

export function emitterFigure(shares: readonly PaidShare[]): Figure {
  return barRows({
    title: 'What the emitters made of the run',
    names: shares.map(({ emitter }) => emitter),
    columns: [
      {
        title: 'share of the forward passes',
        values: shares.map(({ share }) => share),
        format: percent,
        ink: 'series-0',
      },
      {
        title: 'gain in log-odds a forward pass',
        values: shares.map(({ pay = 0 }) => pay),
        format: (pay) => pay.toFixed(3),
        ink: 'series-1',
      },
    ],
  });
}

export function emitterTable(shares: readonly PaidShare[]): Table {
  const fine = (value: number) => value.toFixed(4);
  return {
    columns: [
      { name: 'emitter', title: 'emitter' },
      { name: 'evaluations', title: 'evaluations', format: whole },
      { name: 'forward_passes', title: 'forward passes', format: whole },
      { name: 'share', title: 'share of them', format: percent },
      { name: 'improvement', title: 'gain in log-odds', format: (value) => value.toFixed(1) },
      { name: 'pay', title: 'gain a forward pass', format: fine },
    ],
    rows: shares.map(({ emitter, evaluations, cost, share, improvement, pay = null }) => [
      ...[emitter, evaluations, cost, share, improvement, pay],
    ]),
  };
}
