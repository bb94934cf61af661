/**
 * Draws whole numbers from any distribution over 0 … n−1 by inverting its cumulative probabilities, exactly as far as
 * the 32 bits of a random word go. A guide (Chen and Asau 1974, "On generating random variates from an empirical
 * distribution") says between which outcomes a slice of all words lies, mostly one, so that a draw is a look-up.
 */
export interface InverseTable {
  /** The least outcome k with word / 2³² < P(outcome ≤ k); n where there is none. `word`: 0 … 2³²−1, uniform. */
  draw(word: number): number;
}

const WORDS = 2 ** 32;

/**
 * A table over `cumulative[k]` = P(outcome ≤ k), ascending, at most 65,535 of them; 2^`guideBits` slices, 1 … 31 bits.
 */
export function createInverseTable(cumulative: Float64Array, guideBits: number): InverseTable {
  const shift = 32 - guideBits;
  // Words below ends[k] give k or less: whole numbers, so that nothing is lost. An end that all words are below is the last.
  const certain = cumulative.findIndex((probability) => Math.ceil(probability * WORDS) >= WORDS);
  const ends = Uint32Array.from(certain < 0 ? cumulative : cumulative.subarray(0, certain), (probability) =>
    Math.ceil(probability * WORDS),
  );
  const guide = new Uint16Array(2 ** guideBits + 1);
  let outcome = 0;
  for (let slice = 0; slice < guide.length; slice++) {
    while (outcome < ends.length && slice * 2 ** shift >= (ends[outcome] as number)) outcome++;
    guide[slice] = outcome;
  }

  return {
    draw(word) {
      const slice = word >>> shift;
      let low = guide[slice] as number;
      let high = guide[slice + 1] as number;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (word < (ends[middle] as number)) high = middle;
        else low = middle + 1;
      }
      return low;
    },
  };
}
