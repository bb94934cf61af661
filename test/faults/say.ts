/** What the long tests tell whoever watches them. */
export const say = (line: string) => void process.stdout.write(`${line}\n`);

export const seconds = (milliseconds: number | undefined) =>
  milliseconds === undefined ? 'unknown' : `${(milliseconds / 1000).toFixed(2)} s`;

/** The upper one of two; undefined where there is none. */
export const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1];
