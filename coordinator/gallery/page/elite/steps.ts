import type { Ancestor } from '../views.js';

/** An ancestor, and whether it held another class than its heir does: there the line changed its goal. */
export interface Step {
  readonly ancestor: Ancestor;
  readonly switches: boolean;
}

export function stepsOf(ancestors: readonly Ancestor[]): Step[] {
  return ancestors.map((ancestor, i) => ({
    ancestor,
    switches: i > 0 && ancestors[i - 1]?.classId !== ancestor.classId,
  }));
}

/** The first, the last and where the goal changed; of the others those that can be drawn. */
export function shownSteps(steps: readonly Step[], switchesOnly: boolean): Step[] {
  return steps.filter(
    ({ switches, ancestor }, i) =>
      switches || i === 0 || i === steps.length - 1 || (!switchesOnly && ancestor.kept !== 'digest'),
  );
}
