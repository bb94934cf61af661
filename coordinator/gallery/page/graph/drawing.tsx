import type { RefObject } from 'preact';
import { WEIGHT_RANGE } from '../../../../protocol/genome/cppn.js';
import { COLUMN, type Edge, type GraphLayout } from './graph-layout.js';
import type { GraphNode } from './graph-nodes.js';

/** Half the side of a node. */
const HALF = 17;

/** The graph itself. One node at a time takes the focus; arrow keys go on to the next. */
export function Drawing(props: {
  svg: RefObject<SVGSVGElement | null>;
  layout: GraphLayout;
  nodes: readonly GraphNode[];
  pictures: readonly (string | undefined)[];
  chosen: number | undefined;
  onChoose: (node: number | undefined) => void;
}) {
  const { svg, layout, nodes, pictures, chosen, onChoose } = props;
  const touches = ({ source, target }: Edge) => source === chosen || target === chosen;
  return (
    <svg
      ref={svg}
      class="graph-drawing"
      data-chosen={chosen !== undefined}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
      role="group"
      aria-label={`Graph of ${nodes.length} nodes and ${layout.edges.length} connections`}
    >
      <g class="edges" aria-hidden="true">
        {layout.edges.map((edge) => (
          <path
            key={`${edge.source} ${edge.target}`}
            class={`${edge.weight < 0 ? 'edge negative' : 'edge positive'}${touches(edge) ? ' touched' : ''}`}
            d={curveOf(edge, layout)}
            stroke-width={0.6 + (4 * Math.abs(edge.weight)) / WEIGHT_RANGE}
          />
        ))}
      </g>
      {nodes.map((node, i) => {
        const { x, y } = layout.nodes[i] ?? { x: 0, y: 0 };
        return (
          // biome-ignore lint/a11y/noStaticElementInteractions: it is an image with a name, told of when it is focused
          <g
            key={`${i} ${node.name}`}
            class={`node ${node.kind}${i === chosen ? ' chosen' : ''}`}
            transform={`translate(${x} ${y})`}
            role="img"
            aria-label={`${node.name}${node.activation && `, ${node.activation}`}${node.formula && `, of ${node.formula}`}`}
            tabIndex={i === (chosen ?? 0) ? 0 : -1}
            data-node={i}
            onPointerEnter={() => onChoose(i)}
            onFocus={() => onChoose(i)}
            onKeyDown={(event) => goOn(event, i, nodes.length)}
          >
            <rect x={-HALF} y={-HALF} width={2 * HALF} height={2 * HALF} />
            {pictures[i] !== undefined && (
              <image
                href={pictures[i]}
                x={1 - HALF}
                y={1 - HALF}
                width={2 * HALF - 2}
                height={2 * HALF - 2}
                preserveAspectRatio="none"
              />
            )}
            <text y={HALF + 13}>{node.kind === 'hidden' ? node.activation : node.name}</text>
          </g>
        );
      })}
    </svg>
  );
}

function curveOf({ source, target }: Edge, { nodes }: GraphLayout): string {
  const from = nodes[source] ?? { x: 0, y: 0 };
  const to = nodes[target] ?? { x: 0, y: 0 };
  const [x1, x2] = [from.x + HALF, to.x - HALF];
  const bend = Math.max(COLUMN * 0.38, (x2 - x1) * 0.42);
  return `M${x1} ${from.y}C${x1 + bend} ${from.y} ${x2 - bend} ${to.y} ${x2} ${to.y}`;
}

function goOn(event: KeyboardEvent, node: number, count: number): void {
  const forwards = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  const backwards = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
  if (!forwards && !backwards) return;
  event.preventDefault();
  const next = Math.max(0, Math.min(count - 1, node + (forwards ? 1 : -1)));
  const svg = event.currentTarget instanceof Element ? event.currentTarget.closest('svg') : null;
  svg?.querySelector<SVGElement>(`[data-node="${next}"]`)?.focus();
}
