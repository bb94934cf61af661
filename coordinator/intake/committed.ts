import { type Archive, createArchive } from '../../protocol/archive/archive.js';
import { isElite } from '../../protocol/archive/elite.js';
import type { Coordinator } from '../coordinator.js';

/** A run's archive as the store has it: what is shown to others never goes down, whatever dies. */
export interface CommittedArchive {
  /** Read only. */
  readonly archive: Archive;
  /** Stops following. */
  stop(): void;
}

/** To be called in the same turn of the event loop as `createCoordinator`, while its archive is still that of the store. */
export function followCommitted(coordinator: Pick<Coordinator, 'archive' | 'subscribe'>): CommittedArchive {
  const archive = createArchive(coordinator.archive.classes);
  for (const elite of coordinator.archive.elites()) archive.merge(elite);
  const stop = coordinator.subscribe((event) => {
    // A jump is told of once it is stored.
    if (event.type !== 'jump') return;
    const { elite } = event.jump;
    if (isElite(elite)) archive.merge(elite);
  });
  return { archive, stop };
}
