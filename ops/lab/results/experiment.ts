import type { z } from 'zod';
import { BadInputError } from '../../../protocol/base/errors.js';
import { describeIssue } from '../../../protocol/base/issue.js';
import type { Figure } from '../figures/shape.js';
import type { Markup } from '../look/markup.js';
import type { Table } from './table.js';

/** A picture that a result consists of, besides its figure. */
export interface ResultPicture {
  /** Of its file, e.g. `original.png`. */
  readonly name: string;
  /** `data:image/png;base64,…` */
  readonly data: string;
}

/** What an experiment found, ready to be written down or put into a report: a pure function of its data. */
export interface Result {
  readonly experiment: string;
  readonly title: string;
  /** What was found, in a sentence or two. */
  readonly lede: string;
  readonly figure: Figure;
  readonly table: Table;
  /** What stands on the page in place of a table that is too long for one. */
  readonly summary?: Table;
  /** Files of their own, pixel by pixel. */
  readonly pictures?: readonly ResultPicture[];
  /** What else is to be read on its page: how it was measured, with the source of its formulas. */
  readonly notes: Markup;
  /** All that figure, table and page are made of. */
  readonly data: unknown;
}

export interface ExperimentParts<Data> {
  readonly name: string;
  readonly schema: z.ZodType<Data>;
  readonly show: (data: Data) => Omit<Result, 'experiment' | 'data'>;
}

/** A kind of experiment: what makes a result of its data, as they are measured and as they are read again. */
export interface Experiment<Data> {
  readonly name: string;
  readonly resultOf: (data: Data) => Result;
  /** The same of what is not known to be such data; throws a {@link BadInputError} that names `path`. */
  readonly read: (data: unknown, path: string) => Result;
}

export function defineExperiment<Data>({ name, schema, show }: ExperimentParts<Data>): Experiment<Data> {
  const shown = (data: Data): Result => ({ ...show(data), experiment: name, data });
  return {
    name,
    // In the order of the schema, so that what is written is the same when it is read and written again.
    resultOf: (data) => shown(schema.parse(data)),
    read(data, path) {
      const checked = schema.safeParse(data);
      if (checked.success) return shown(checked.data);
      throw badData(path, describeIssue(checked.error, data, 'the data'));
    },
  };
}

/** An error about a `data.json` that is not as an experiment wrote it. */
export function badData(path: string, why: string, cause?: unknown): BadInputError {
  return new BadInputError({
    code: 'ERR_LAB_DATA',
    problem: `${path} is not as an experiment of this Atoll wrote it: ${why}`,
    fix: 'Do the experiment again, or remove its folder',
    cause,
  });
}
