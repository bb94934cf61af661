// Reads a run directory: its spec, its elites, and where the best of them comes from.
//   npm run build && node dist/ops/examples/read-run.js runs/digits-cppn-1
import { openRun } from 'atoll';

const run = await openRun(process.argv[2] ?? 'runs/digits-cppn-1');
const { coverage, median } = run.summary();
console.log(
  `${run.spec.name}: ${run.spec.encoding}, seed ${run.spec.seed}, coverage ${coverage}, median ${median}`,
);

const elites = run.elites().toSorted((a, b) => b.confidence - a.confidence);
for (const { classId, confidence } of elites) {
  const jumps = run.history(classId);
  const switches = jumps.filter(({ goalSwitch }) => goalSwitch).length;
  console.log(
    `${run.labels[classId]}: ${confidence}, ${jumps.length} jumps, ${switches} of them goal switches`,
  );
}

// From the best image back to the random one that its line began with.
const line: string[] = [];
let genome = run.genome(elites[0]?.candidate.digest ?? '');
while (genome) {
  line.push(`${genome.digest.slice(0, 8)} (evaluation ${genome.evaluation})`);
  genome = genome.parent && run.genome(genome.parent.digest);
}
console.log(`The line of the best image, ${line.length} genomes: ${line.join(' ← ')}`);
run.close();
