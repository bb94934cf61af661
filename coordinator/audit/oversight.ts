import { misfit } from '../../protocol/encodings/misfit.js';
import { shapeOf } from '../../protocol/spec/run-shape.js';
import type { RunSpec } from '../../protocol/spec/run-spec.js';
import type { CoordinatorLink } from '../../protocol/transport/transport.js';
import type { Find } from '../../protocol/wire/messages.js';
import type { Registry } from '../islands/registry.js';
import type { Life } from '../life/life.js';
import type { StoredEvent } from '../store/store.js';
import {
  type AuditCounts,
  type AuditSettings,
  type Audits,
  createAudits,
  NO_AUDITS,
  type Suspicion,
} from './audits.js';
import { SUSPECTED, TRUSTED } from './suspects.js';

/** Has what islands send audited, and knows which islands are suspect. */
export interface Oversight {
  isSuspect(island: number): boolean;
  consider(island: number, finds: readonly Find[], confidences: Float32Array): void;
  answered: Audits['answered'];
  expire(): void;
  /** Takes what a suspect island sends again. False when the run has no such island. */
  trust(island: number): boolean;
  /**
   * Whether the other islands are done and the suspect ones, which rest, would rest for ever. While none is done, an
   * operator may still trust them.
   */
  onlySuspectsAreLeft(): boolean;
  readonly counts: AuditCounts;
}

export function createOversight(parts: {
  /** Absent: nothing is audited. */
  readonly audit?: AuditSettings;
  readonly spec: RunSpec;
  readonly registry: Registry;
  /** Milliseconds. */
  readonly clock: () => number;
  readonly link: Pick<CoordinatorLink, 'audit'>;
  readonly life: Pick<Life, 'active'>;
  readonly note: (kind: string, detail: StoredEvent['detail']) => void;
  /** An island became suspect, or is trusted again. */
  readonly onChange: (island: number) => void;
}): Oversight {
  const { audit, spec, registry, clock, link, life, note, onChange } = parts;
  const shape = shapeOf(spec);
  const isSuspect = (island: number) => registry.get(island)?.suspect === true;
  const audits =
    audit &&
    createAudits({
      ...audit,
      spec: spec.audit,
      belongs: (genome) => misfit(genome, shape) === undefined,
      clock,
      auditors: () => registry.all().filter(({ state, suspect }) => state === 'live' && !suspect),
      isSuspect,
      ask: link.audit,
      onSuspect,
    });

  function onSuspect({ island, ...why }: Suspicion): void {
    // A referee may take its time.
    if (!life.active || !registry.suspect(island, true)) return;
    note(SUSPECTED, { island, worker: registry.get(island)?.worker ?? '', ...why });
    onChange(island);
  }

  return {
    isSuspect,
    consider: (island, finds, confidences) => audits?.consider(island, finds, confidences),
    answered: (answer) => audits?.answered(answer),
    expire: () => audits?.expire(),
    trust(island) {
      if (registry.get(island) === undefined) return false;
      if (registry.suspect(island, false)) {
        note(TRUSTED, { island });
        onChange(island);
      }
      return true;
    },
    onlySuspectsAreLeft() {
      if (registry.suspects.length === 0) return false;
      const over = registry.all().filter(({ state }) => state === 'done' || state === 'failed');
      const resting = registry.suspects.filter((island) => !over.some(({ number }) => number === island));
      return over.length > 0 && over.length + resting.length === spec.islands;
    },
    get counts() {
      return audits?.counts ?? NO_AUDITS;
    },
  };
}
