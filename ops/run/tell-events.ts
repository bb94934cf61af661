import { SUSPECTED, TRUSTED } from '../../coordinator/audit/suspects.js';
import type { Coordinator } from '../../coordinator/coordinator.js';
import type { StoredEvent } from '../../coordinator/store/store.js';
import type { Note, Urgency } from '../cli/output.js';

/** How much each matters; all others are `info`. */
const URGENCY: Readonly<Record<string, Urgency>> = {
  'island-lost': 'warn',
  'island-failed': 'error',
  [SUSPECTED]: 'warn',
  'history-gap': 'warn',
};

/**
 * Has the operator hear, from now on, of all that the log of the run keeps, and of a store that takes no more. The event is
 * named as in the archive's table `event`, and its figures are those of its detail.
 */
export function tellEvents({ subscribe }: Pick<Coordinator, 'subscribe'>, note: Note): void {
  subscribe((fed) => {
    if (fed.type === 'event') {
      const { kind, detail } = fed.event;
      note(describeEvent(fed.event), { ...detail, event: kind }, URGENCY[kind]);
    } else if (fed.type === 'fault') {
      note(`the archive takes no more: ${fed.error.message}`, { event: 'store-failed' }, 'error');
    }
  });
}

function describeEvent({ kind, detail }: StoredEvent): string {
  const { island, worker, error, by, classId, claimed, scored, reason } = detail;
  const who = `island ${island}`;
  switch (kind) {
    case 'paused':
    case 'resumed':
      return `the run is ${kind}`;
    case 'ending':
      return `the run ends (${reason})`;
    case SUSPECTED:
      return (
        `${who} (${worker}) is suspect: island ${by} and it differ on an image of class ${classId}, ` +
        `${claimed} and ${scored}. Nothing is taken from it until an operator trusts it`
      );
    case TRUSTED:
      return `${who} is trusted again`;
    case 'history-gap':
      return `${who} was cut off for so long that part of its history is missing`;
    default:
      return `${who} (${worker}) is ${kind.replace(/^island-/, '')}${error === undefined ? '' : `: ${error}`}`;
  }
}
