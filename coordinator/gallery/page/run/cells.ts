import { type Signal, signal } from '@preact/signals';
import { type ArchiveSummary, summarise } from '../../../../protocol/archive/summary.js';

/** What holds a class, as the page knows it. */
export interface Cell {
  readonly classId: number;
  /** 0 … 1. */
  readonly confidence: number;
  readonly digest: string;
  /** Canonical bytes; absent where they have to be asked for. */
  readonly genome?: Uint8Array;
  readonly island: number;
  /** Of the island. */
  readonly evaluation: number;
  /** Milliseconds since 1970; 0: not known. */
  readonly changed: number;
}

/** The archive as it came to the page. */
export interface Cells {
  readonly classes: number;
  /** By class; 0 where empty. Read only. */
  readonly confidences: Float32Array;
  readonly filled: number;
  /** Raised with every change. */
  readonly version: Signal<number>;
  get(classId: number): Cell | undefined;
  /** When the page saw a class become better, on its own clock (`performance.now()`); 0: never. */
  improvedAt(classId: number): number;
  /** Takes what the server says; `seenAt` where these are improvements, and not what had been there before. */
  put(cells: readonly Cell[], seenAt?: number): void;
  /** Empties every cell but these. */
  keepOnly(classIds: ReadonlySet<number>): void;
  summary(): ArchiveSummary;
}

export function createCells(classes: number): Cells {
  const cells = new Array<Cell | undefined>(classes).fill(undefined);
  const confidences = new Float32Array(classes);
  const improved = new Float64Array(classes);
  const version = signal(0);
  let filled = 0;

  function set(classId: number, cell: Cell | undefined): void {
    filled += Number(cell !== undefined) - Number(cells[classId] !== undefined);
    cells[classId] = cell;
    confidences[classId] = cell?.confidence ?? 0;
  }

  return {
    classes,
    confidences,
    version,
    get filled() {
      return filled;
    },
    get: (classId) => cells[classId],
    improvedAt: (classId) => improved[classId] ?? 0,
    put(changed, seenAt) {
      for (const cell of changed) {
        if (cell.classId >= classes) continue;
        if (seenAt !== undefined && cells[cell.classId]?.digest !== cell.digest)
          improved[cell.classId] = seenAt;
        set(cell.classId, cell);
      }
      version.value++;
    },
    keepOnly(classIds) {
      for (let classId = 0; classId < classes; classId++) if (!classIds.has(classId)) set(classId, undefined);
      version.value++;
    },
    summary: () => summarise(confidences, filled),
  };
}
