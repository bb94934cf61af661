import { type Command, InvalidArgumentError } from 'commander';
import { isTopology, TOPOLOGIES, type Topology } from '../../protocol/spec/topology.js';

export interface TopologyFlag {
  readonly topology?: Topology;
}

/** `--topology`, of the commands that make a run; the rest of `migration` is for `--set`. */
export function addTopologyFlag(command: Command): Command {
  return command.option(
    '--topology <t>',
    `which islands exchange elites: ${TOPOLOGIES} (default: full)`,
    (text) => {
      if (!isTopology(text)) throw new InvalidArgumentError(`expected ${TOPOLOGIES}`);
      return text;
    },
  );
}
