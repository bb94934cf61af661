/** What is told of an elite: by the HTTP API, in tables, on an exported wall. */
export interface EliteFacts {
  readonly classId: number;
  /** At most 200 characters. */
  readonly label: string;
  /** What the network gave the pixels that it saw. */
  readonly confidence: number;
  /** SHA-256 of the genome. */
  readonly digest: string;
  /** Evaluations of the whole run when it took the cell. */
  readonly evaluation: number;
  /** The same in forward passes. */
  readonly cost: number;
  /** Where it was born, and that island's evaluations then. */
  readonly island: number;
  readonly islandEvaluation: number;
  /** When it took the cell; ISO 8601, UTC. */
  readonly time: string;
  readonly encoding: string;
  /** Bytes of the genome. */
  readonly genomeBytes: number;
  /** null: a genome that is no graph has none. */
  readonly nodes: number | null;
  readonly connections: number | null;
  /** null: it was there at the beginning. */
  readonly parent: string | null;
  readonly parentClass: number | null;
  readonly goalSwitch: boolean;
}
