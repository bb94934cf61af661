import type { RunSpec } from '../protocol/run-spec.js';

export type Topology = RunSpec['migration']['topology'];

/**
 * The islands that `island` sends its migrants to, ascending; `members` are the islands that take part, in any order.
 * `full`: all others; `ring`: the one before and the one after among the members, as in pagmo; `none`: nobody.
 * An island that is no member has no neighbours. Symmetric: who is my neighbour has me as theirs.
 */
export function neighboursOf(topology: Topology, members: readonly number[], island: number): number[] {
  const circle = [...new Set(members)].sort((a, b) => a - b);
  const place = circle.indexOf(island);
  if (place < 0) return [];
  switch (topology) {
    case 'none':
      return [];
    case 'full':
      return circle.filter((other) => other !== island);
    case 'ring': {
      const beside = [circle.at(place - 1), circle[(place + 1) % circle.length]];
      return circle.filter((other) => other !== island && beside.includes(other));
    }
  }
}
