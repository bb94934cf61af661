import { Histogram, type Registry } from 'prom-client';
import type { MergeStatus } from '../../protocol/archive/archive.js';
import type { FeedEvent } from '../feed.js';
import { addCounter, addGauge, one } from './readings.js';

/** Seconds, 0.1 ms … 10 s: a merge in memory, a commit to a slow disk, and what goes wrong with either. */
export const SECONDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
/** The most that one commit takes is 256, beyond which only a long flush goes. */
const MESSAGES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

const STATUSES = ['new', 'improved', 'not-added'] as const satisfies readonly MergeStatus[];

/**
 * Metrics of merging and committing. Returns a function that takes in an event of the coordinator's feed.
 * @param started milliseconds since 1970
 */
export function addMergeMetrics(registry: Registry, started: number): (event: FeedEvent) => void {
  const registers = [registry];
  // Counted here, since there are thousands a second: prom-client's own counters look their labels up each time.
  const merges: Record<MergeStatus, number> = { new: 0, improved: 0, 'not-added': 0 };
  let jumps = 0;
  let goalSwitches = 0;
  let lastJump = started;
  addCounter(
    registry,
    {
      name: 'atoll_merges_total',
      help: 'Elites that were offered to the archive, by what became of them: the first of its cell, better, or not added.',
      labels: ['status'],
    },
    () => STATUSES.map((status) => [[status], merges[status]]),
  );
  addCounter(registry, { name: 'atoll_jumps_total', help: 'Elites replaced in a cell, and stored.' }, () =>
    one(jumps),
  );
  addCounter(
    registry,
    { name: 'atoll_goal_switches_total', help: 'Jumps whose parent held another class.' },
    () => one(goalSwitches),
  );
  addGauge(
    registry,
    {
      name: 'atoll_last_jump_timestamp_seconds',
      help: 'When an elite was last replaced; before the first one, when this coordinator started.',
    },
    () => one(lastJump / 1000),
  );
  const mergeSeconds = new Histogram({
    name: 'atoll_merge_seconds',
    help: 'Time to check and merge the elites of one message.',
    buckets: SECONDS,
    registers,
  });
  const commitSeconds = new Histogram({
    name: 'atoll_commit_seconds',
    help: 'Time to store one commit durably.',
    buckets: SECONDS,
    registers,
  });
  const commitMessages = new Histogram({
    name: 'atoll_commit_messages',
    help: 'Messages that shared a commit.',
    buckets: MESSAGES,
    registers,
  });
  return (event) => {
    switch (event.type) {
      case 'merged':
        for (const status of STATUSES) merges[status] += event.statuses[status];
        mergeSeconds.observe(event.seconds);
        break;
      case 'jump':
        jumps++;
        lastJump = event.jump.time;
        if (event.jump.goalSwitch) goalSwitches++;
        break;
      case 'committed':
        commitSeconds.observe(event.seconds);
        commitMessages.observe(event.messages);
        break;
      case 'island':
      case 'event':
      case 'fault':
        break;
    }
  };
}
