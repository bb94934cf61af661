import { standardNormal } from '../../protocol/base/standard-normal.js';
import type { EmitterMaker, Offspring } from './emitter.js';
import { foundedOffspring } from './founding.js';
import { parametersOf } from './parameters.js';
import { drawParent } from './selection.js';

/** Standard deviation of the step in all directions, in units of a genome's parameters. */
const ISO = 0.02;
/** Standard deviation of the step along the line to another elite, as a share of the way to it: the paper's. */
const LINE = 0.2;

/**
 * Children between relatives: x + ISO · N(0, I) + LINE · N(0, 1) · (y − x), for elites x and y (Vassiliades and Mouret
 * 2018, "Discovering the elite hypervolume by leveraging interspecies correlation"). What elites have in common is kept,
 * and what they differ in is varied most. It learns nothing.
 */
export const createIsoLineEmitter: EmitterMaker = (parts) => {
  const { archive, spec, random } = parts;
  const parameters = parametersOf(spec.encoding);
  const drawElite = () => drawParent(archive, spec.evolution.parents, random);

  function child(): Offspring {
    const parent = drawElite();
    const values = parameters.read(parent.candidate.genome);
    const other = parameters.read(drawElite().candidate.genome);
    const along = LINE * standardNormal(random);
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      values[i] = value + ISO * standardNormal(random) + along * ((other[i] as number) - value);
    }
    return { genome: parameters.write(values, parent.candidate.genome), parent };
  }

  return {
    ask: (n) => foundedOffspring(parts, n, child),
    // The archive has learnt already.
    tell() {},
    save: () => undefined,
    report: { neutral: 0 },
  };
};
