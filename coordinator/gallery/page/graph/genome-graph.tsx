import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { decodeGenome } from '../../../../protocol/encodings/codec.js';
import type { Genome } from '../../../../protocol/encodings/genome.js';
import { sentenceFor } from '../api.js';
import { save } from '../elite/save.js';
import { genomeOf, type Shown } from '../elite/shown.js';
import { count } from '../format.js';
import { Icon } from '../parts/icons.js';
import type { Run } from '../run/run.js';
import { Drawing } from './drawing.js';
import { UNITS_OF_FONT } from './graph-layout.js';
import type { GraphModel, GraphNode } from './graph-model.js';
import { isGraph, modelOf } from './models.js';
import { NodeButtons } from './node-buttons.js';
import { NodePicture, useNodePictures } from './node-pictures.js';
import { fileOf } from './svg-file.js';

/** The genome of an image as a graph, from the coordinates to the colours, where it is one. */
export function GenomeGraph({ run, classId, shown }: { run: Run; classId: number; shown: Shown }) {
  const [genome, setGenome] = useState<Genome | undefined>(undefined);
  const [problem, setProblem] = useState('');
  useEffect(() => {
    let current = true;
    genomeOf(run, shown).then(
      (bytes) => {
        const read = decodeGenome(bytes);
        if (current) setGenome(read);
        setProblem('');
      },
      (error: unknown) => {
        if (current) setProblem(sentenceFor(error));
      },
    );
    return () => {
      current = false;
    };
  }, [shown.digest]);
  const model = useMemo(() => genome && modelOf(genome), [genome]);
  if (!isGraph(run.facts.spec.encoding)) return null;
  return (
    <section class="graph">
      {problem !== '' && <p class="quiet small">{problem}</p>}
      {model !== undefined && problem === '' && (
        <Graph run={run} model={model} name={`${classId}-${shown.digest.slice(0, 8)}`} />
      )}
    </section>
  );
}

function Graph({ run, model, name }: { run: Run; model: GraphModel; name: string }) {
  const svg = useRef<SVGSVGElement>(null);
  const [chosen, choose] = useState<number | undefined>(undefined);
  const { nodes, layout, remark, legend } = model;
  const pictures = useNodePictures(run.artist, model);
  const node = chosen === undefined ? undefined : nodes[chosen];
  return (
    <>
      <div class="section-head">
        <h2 class="heading">The graph that draws it</h2>
        <p class="quiet small">
          {count(nodes.length)} nodes, {count(layout.edges.length)} connections
          {remark !== '' && `; ${remark}`}
        </p>
        <span class="spring" />
        <button
          class="button"
          type="button"
          onClick={() => {
            if (svg.current !== null) save(fileOf(svg.current), `${name}.svg`);
          }}
        >
          <Icon name="download" />
          SVG
        </button>
      </div>
      <div class="graph-and-node">
        <div class="graph-scroll">
          <div class="graph-sheet" style={{ width: `${layout.width / UNITS_OF_FONT}rem` }}>
            <Drawing svg={svg} layout={layout} nodes={nodes} pictures={pictures} chosen={chosen} />
            <NodeButtons layout={layout} nodes={nodes} chosen={chosen} onChoose={choose} />
          </div>
        </div>
        <NodePanel node={node}>
          {chosen !== undefined && <NodePicture artist={run.artist} model={model} node={chosen} />}
        </NodePanel>
      </div>
      <p class="quiet small legend">
        <span class="edge-sample positive" aria-hidden="true" /> positive weight
        <span class="edge-sample negative" aria-hidden="true" /> negative weight; the wider, the stronger.{' '}
        {legend}
      </p>
    </>
  );
}

function NodePanel({ node, children }: { node: GraphNode | undefined; children: ComponentChildren }) {
  if (node === undefined) {
    return (
      <div class="node-panel">
        <p class="quiet small">
          Point at a node, or go through them with the arrow keys, to see what it alone draws.
        </p>
      </div>
    );
  }
  return (
    <div class="node-panel">
      {children}
      <p>
        <b>{node.name}</b>
        <span class="quiet">{node.activation}</span>
      </p>
      {node.formula !== '' && <p class="quiet small formula">{node.formula}</p>}
    </div>
  );
}
