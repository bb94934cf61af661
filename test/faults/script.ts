import type { RandomStream } from '../../protocol/base/random.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';

/** A worker by its place, or one of the two that there is one of. */
export type Member = number | 'coordinator' | 'broker';

/** Something that goes wrong. Times are in milliseconds. */
export type Fault =
  /** `kill -9`. `renamed`: the worker comes back under another name, and has to take an island over. */
  | { readonly kind: 'kill'; readonly who: Member; readonly down: number; readonly renamed: boolean }
  /** SIGSTOP, then SIGCONT. */
  | { readonly kind: 'freeze'; readonly who: Member; readonly lasts: number }
  /** The line breaks, of one member or, for the broker, of all; then nothing can be reached until it heals. */
  | { readonly kind: 'cut'; readonly who: Member; readonly lasts: number }
  /** Nothing gets through, and nobody is told. */
  | { readonly kind: 'hole'; readonly who: Member; readonly lasts: number }
  | {
      readonly kind: 'slow';
      readonly who: Member;
      readonly lasts: number;
      readonly bytesPerSecond: number;
    }
  /** Messages that the broker has stored are stored again, in another order. */
  | { readonly kind: 'echo'; readonly messages: number }
  /** Broken copies and nonsense on every subject. */
  | { readonly kind: 'garbage'; readonly messages: number }
  /** The coordinator's disk, until it says so and stops. */
  | { readonly kind: 'full-disk' }
  /** A second coordinator, from another directory, while the first is well. */
  | { readonly kind: 'rival' }
  /** A second coordinator while the first is asleep. */
  | { readonly kind: 'usurper' };

export type FaultKind = Fault['kind'];

/** A fault, and when the next one comes. */
export interface Step {
  readonly fault: Fault;
  /** The seed of what is drawn while it happens. */
  readonly seed: number;
  /** The next one begins while this one lasts. */
  readonly overlaps: boolean;
  /** Time until the next one, milliseconds. */
  readonly gap: number;
  /** All is well again before the next one, and the run goes on. */
  readonly calm: boolean;
}

/** What twenty faults are; those in `LONG` take ten seconds and more. */
const DECK: readonly FaultKind[] = [
  ...(['kill', 'kill', 'kill', 'kill', 'kill', 'kill', 'kill', 'kill'] as const),
  ...(['cut', 'cut', 'cut', 'hole', 'hole', 'slow', 'echo', 'garbage', 'freeze'] as const),
  ...(['full-disk', 'rival', 'usurper'] as const),
];
const LONG: readonly FaultKind[] = ['full-disk', 'usurper'];

/** One freeze or hole in so many is longer than the time after which an island is lost and a connection dead. */
const LONG_ONE_IN = 6;
const LONG_MS = 11_000;

/**
 * The faults of a seed, the same every time. `quick`: none that takes long. `canFill`: whether there is a disk to be
 * filled.
 */
export function writeScript(
  seed: number,
  count: number,
  options: { readonly workers: number; readonly quick: boolean; readonly canFill: boolean },
): Step[] {
  const random = randomFrom(seed, 'faults');
  const left = DECK.filter(
    (kind) => !(options.quick && LONG.includes(kind)) && (options.canFill || kind !== 'full-disk'),
  );
  const steps: Step[] = [];
  let deck: FaultKind[] = [];
  while (steps.length < count) {
    if (deck.length === 0) deck = shuffled(left, random);
    const kind = deck.pop() ?? 'kill';
    const fault = draw(kind, random, options);
    const overlaps = 'who' in fault && random.chance(0.4);
    // So that it is seen how long that takes.
    const recovers = fault.kind === 'kill' && fault.who === 'coordinator' && !overlaps;
    steps.push({
      fault,
      seed: random.below(2 ** 31),
      overlaps,
      gap: 200 + random.below(1000),
      calm: recovers || random.chance(0.25),
    });
  }
  return steps;
}

function draw(
  kind: FaultKind,
  random: RandomStream,
  { workers, quick }: { readonly workers: number; readonly quick: boolean },
): Fault {
  const who = anyone(workers, random);
  const lasts = () =>
    !quick && random.below(LONG_ONE_IN) === 0 ? LONG_MS + random.below(1000) : 100 + random.below(2000);
  switch (kind) {
    case 'kill': {
      const renamed = !quick && typeof who === 'number' && random.below(6) === 0;
      return { kind, who, down: random.below(1000), renamed };
    }
    case 'freeze':
    case 'hole':
      return { kind, who, lasts: lasts() };
    case 'cut':
      return { kind, who, lasts: 50 + random.below(3000) };
    case 'slow':
      return { kind, who, lasts: 500 + random.below(2500), bytesPerSecond: 4000 * 2 ** random.below(5) };
    case 'echo':
    case 'garbage':
      return { kind, messages: 20 + random.below(100) };
    case 'full-disk':
    case 'rival':
    case 'usurper':
      return { kind };
  }
}

/** A third each: the broker, the coordinator, one of the workers. */
function anyone(workers: number, random: RandomStream): Member {
  const pick = random.below(3);
  if (pick === 0) return 'broker';
  return pick === 1 ? 'coordinator' : random.below(workers);
}

export function shuffled<T>(items: readonly T[], random: RandomStream): T[] {
  const left = [...items];
  for (let i = left.length - 1; i > 0; i--) {
    const j = random.below(i + 1);
    const [a, b] = [left[i], left[j]];
    if (a === undefined || b === undefined) continue;
    left[i] = b;
    left[j] = a;
  }
  return left;
}

/** A fault in words: `kill coordinator, down 300 ms`. */
export function describeFault(fault: Fault): string {
  const { kind, ...rest } = fault;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${value}`);
  return [kind, ...details].join(', ');
}
