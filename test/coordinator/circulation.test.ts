import { describe, expect, it } from 'vitest';
import { archiveDigest } from '../../coordinator/intake/archive-digest.js';
import { neighboursOf } from '../../coordinator/islands/topology.js';
import { createArchive } from '../../protocol/archive/archive.js';
import type { Elite } from '../../protocol/archive/elite.js';
import { readEntries } from '../../protocol/archive/entries.js';
import { randomFrom } from '../../protocol/base/seeded-random.js';
import type { MigrationSpec } from '../../protocol/spec/migration-spec.js';
import type { Topology } from '../../protocol/spec/topology.js';
import type { Migrants } from '../../protocol/wire/messages.js';
import { createDispatch } from '../../worker/island/dispatch.js';
import { CLASSES, foundIsland, stripesSpec } from '../worker/island/fixtures.js';
import { candidateOf, eliteOf } from './fixtures.js';

/** Islands that trade and do not evolve: what the coordinator's topologies and the islands' outboxes make together. */

type Policy = Pick<MigrationSpec, 'topology' | 'type' | 'rate' | 'selection' | 'replacement'>;

/** Every message is delivered in the round in which it is sent; `busy` links take one in two. */
function createArchipelago(count: number, policy: Policy, seed: number, busy = false) {
  const evolution = { initial: 8, generation: 8 };
  const spec = stripesSpec({ islands: count, seed, evolution, migration: { ...policy, interval: 1 } });
  const random = randomFrom(seed, 'archipelago');
  const whole = createArchive(CLASSES);
  const members = Array.from({ length: count }, (_, i) => i);
  const messages: Migrants[] = [];
  let round = 0;
  const islands = members.map((number) => {
    const island = foundIsland(spec, undefined, undefined, number);
    const dispatch = createDispatch({
      number,
      island: {
        archive: island.archive,
        checkpoint: island.checkpoint,
        get totals() {
          return { ...island.totals, evaluations: round };
        },
      },
      link: {
        improve: async () => {},
        migrate(migrants) {
          if (busy && random.chance(0.5)) return false;
          messages.push(migrants);
          return true;
        },
      },
      migration: spec.migration,
      random: randomFrom(seed, 'migration', number),
      clock: () => round,
    });
    // Coarse confidences, so that ties are common; low ones, so that children can win.
    const elites = Array.from({ length: 12 }, (_, i): Elite => {
      const candidate = candidateOf(100 * number + i);
      return eliteOf(random.below(CLASSES), random.below(20) / 100, { ...candidate, island: number });
    });
    for (const elite of elites) whole.merge(elite);
    dispatch.add(island.receive(elites));
    const neighbours = neighboursOf(policy.topology, seed, members, number);
    return { island, dispatch, neighbours };
  });

  return {
    islands,
    whole,
    /** Lets all send what they may, and gives what was sent. */
    async trade(): Promise<Migrants[]> {
      round++;
      for (const { dispatch, neighbours } of islands) dispatch.flush(neighbours);
      // What is to be stored first is.
      await new Promise((resolve) => setImmediate(resolve));
      const sent = messages.splice(0);
      for (const { island: source, destinations, entries } of sent) {
        for (const destination of destinations) {
          const elites = readEntries(entries);
          const to = islands[destination];
          to?.dispatch.arrived(source, elites, to.island.receive(elites));
        }
      }
      return sent;
    },
  };
}

/** Rounds without a message after which all is said; with busy links a few may be silent by chance. */
const QUIET = 30;

async function tradeUntilQuiet(archipelago: ReturnType<typeof createArchipelago>): Promise<Migrants[]> {
  const sent: Migrants[] = [];
  for (let quiet = 0, rounds = 0; quiet < QUIET; rounds++) {
    if (rounds > 3000) throw new Error('the islands never stop trading');
    const messages = await archipelago.trade();
    quiet = messages.length === 0 ? quiet + 1 : 0;
    sent.push(...messages);
  }
  return sent;
}

const POLICIES = (['full', 'ring', 'torus', 'star', 'random:1', 'random:3'] as const).flatMap((topology) =>
  (['broadcast', 'p2p'] as const).flatMap((type) =>
    (['best', 'random', 'newest'] as const).map((selection) => ({ topology, type, selection })),
  ),
);
const VARIANTS = [
  { rate: '100%', replacement: 'if-better' },
  { rate: 1, replacement: 'if-better' },
  { rate: '25%', replacement: 'always-into-worse' },
] as const;

describe.each(POLICIES)('migrants ($topology, $type, $selection)', (policy) => {
  it('are not sent round for ever, reach every island all the same, and no neighbour twice', async () => {
    for (const [seed, count] of [1, 2, 3, 5, 8].entries()) {
      for (const variant of VARIANTS) {
        const archipelago = createArchipelago(count, { ...policy, ...variant }, seed, seed % 2 === 1);
        const sent = await tradeUntilQuiet(archipelago);
        const everything = archiveDigest(archipelago.whole);
        for (const { island } of archipelago.islands) {
          expect(archiveDigest(island.archive)).toBe(everything);
        }
        const ways = sent.flatMap(({ island, destinations, entries }) =>
          destinations.flatMap((to) =>
            readEntries(entries).map(
              ({ classId, candidate }) => `${island}→${to} ${classId} ${candidate.digest}`,
            ),
          ),
        );
        expect(new Set(ways).size).toBe(ways.length);
      }
    }
  });
});

it('without a topology no island gets an elite of another', async () => {
  const none: Topology = 'none';
  const policy = { topology: none, type: 'broadcast', rate: '100%', selection: 'newest' } as const;
  const archipelago = createArchipelago(3, { ...policy, replacement: 'if-better' }, 1);
  expect(await tradeUntilQuiet(archipelago)).toEqual([]);
});

describe("an island's children", () => {
  it.each(['if-better', 'always-into-worse'] as const)(
    'land on it, whoever their parents are and wherever those were born (%s)',
    async (replacement) => {
      const policy = { topology: 'ring', type: 'broadcast', rate: '100%', selection: 'newest' } as const;
      const { islands, trade } = createArchipelago(3, { ...policy, replacement }, 4);
      const born = new Map<string, number>();
      for (const { island } of islands) {
        for (const { candidate } of island.archive.elites()) born.set(candidate.digest, candidate.island);
      }
      let abroad = 0;
      for (let round = 0; round < 60; round++) {
        for (const [number, { island, dispatch }] of islands.entries()) {
          const children = await island.step(4);
          dispatch.add(children);
          for (const { candidate } of children) {
            expect(candidate.island).toBe(number);
            born.set(candidate.digest, number);
            const parent = candidate.parent && born.get(candidate.parent.digest);
            if (parent !== undefined && parent !== number) abroad++;
          }
        }
        for (const { entries } of await trade()) {
          for (const { candidate } of readEntries(entries)) {
            expect(candidate.island).toBe(born.get(candidate.digest));
          }
        }
      }
      expect(abroad).toBeGreaterThan(0);
    },
  );
});
