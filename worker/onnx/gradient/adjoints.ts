import type { GraphBuilder } from '../builder.js';
import { part } from './rearrangements.js';
import type { Share, Term } from './rule.js';

/** The gradients of all values, as sums of the shares that their consumers give. */
export interface Adjoints {
  add(name: string, term: NonNullable<Term>): void;
  has(name: string): boolean;
  /** Whether the gradient is nothing wherever the value is not above 0. */
  masked(name: string): boolean;
  /** The gradient in the value's own shape. */
  whole(name: string): string;
  /** The gradient as anything that broadcasts to the value's shape. */
  loose(name: string): string;
  /** Channels `from` … `to` − 1 of the gradient. */
  channels(name: string, from: number, to: number): string;
}

export function adjoints(graph: GraphBuilder, shape: (name: string) => readonly number[]): Adjoints {
  const shares = new Map<string, Share[]>();
  const wholes = new Map<string, string>();
  const looses = new Map<string, string>();
  /** What was made that only broadcasts to the shape of its value. */
  const broadcasting = new Set<string>();

  const sharesOf = (name: string) => shares.get(name) ?? [];

  // Two at a time: a convolution adds to what is there in passing, but not to a sum of three.
  const summed = (names: readonly string[]) => {
    const [first = '', ...rest] = names;
    return rest.reduce((sum, each) => graph.node('Add', [sum, each]), first);
  };

  function loose(name: string): string {
    const known = looses.get(name);
    if (known !== undefined) return known;
    const made = sharesOf(name).map((share) => ({ name: share.make(), loose: share.loose ?? false }));
    const found = summed(made.map((each) => each.name));
    if (made.every((each) => each.loose || broadcasting.has(each.name))) broadcasting.add(found);
    looses.set(name, found);
    return found;
  }

  function whole(name: string): string {
    const known = wholes.get(name);
    if (known !== undefined) return known;
    const sum = loose(name);
    const found = broadcasting.has(sum) ? graph.node('Expand', [sum, graph.shared('Shape', [name])]) : sum;
    wholes.set(name, found);
    return found;
  }

  return {
    add(name, term) {
      const share = typeof term === 'function' ? { make: term } : term;
      shares.set(name, [...sharesOf(name), share]);
    },
    has: (name) => shares.has(name),
    masked: (name) => sharesOf(name).every((share) => share.masked ?? false),
    whole,
    loose,
    channels(name, from, to) {
      if (from === 0 && to === shape(name)[1]) return whole(name);
      const parts = sharesOf(name).map((share) => share.channels);
      if (looses.has(name) || !parts.every((each) => each !== undefined)) {
        return part({ graph }, whole(name), 1, from, to);
      }
      return summed(parts.map((each) => each(from, to)));
    },
  };
}
