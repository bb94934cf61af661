import type { RefObject } from 'preact';
import { COLUMN } from './graph-layout.js';
import type { Edge, GraphLayout, GraphNode } from './graph-model.js';

/** Half the side of a node. */
export const HALF = 17;

/** The graph itself, as a file could hold it. */
export function Drawing(props: {
  svg: RefObject<SVGSVGElement | null>;
  layout: GraphLayout;
  nodes: readonly GraphNode[];
  pictures: readonly (string | undefined)[];
  chosen: number | undefined;
}) {
  const { svg, layout, nodes, pictures, chosen } = props;
  const touches = ({ source, target }: Edge) => source === chosen || target === chosen;
  const shown = layout.edges.filter((edge) => edge.always || touches(edge));
  return (
    <svg
      ref={svg}
      class="graph-drawing"
      data-chosen={chosen !== undefined}
      viewBox={`0 0 ${layout.width} ${layout.height}`}
      width={layout.width}
      height={layout.height}
      role="img"
      aria-label={`Graph of ${nodes.length} nodes and ${layout.edges.length} connections`}
    >
      {shown.map((edge) => (
        <path
          key={`${edge.source} ${edge.target}`}
          class={`${edge.weight < 0 ? 'edge negative' : 'edge positive'}${touches(edge) ? ' touched' : ''}`}
          d={curveOf(edge, layout)}
          stroke-width={0.6 + 4 * edge.strength}
        />
      ))}
      {layout.labels.map(({ x, y, text }) => (
        <text key={`${x} ${y}`} class="group-label" x={x} y={y}>
          {text}
        </text>
      ))}
      {nodes.map((node, i) => {
        const { x, y } = layout.nodes[i] ?? { x: 0, y: 0 };
        return (
          <g
            key={`${i} ${node.name}`}
            class={`node ${node.kind}-node${i === chosen ? ' chosen' : ''}`}
            transform={`translate(${x} ${y})`}
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
            {node.label !== '' && <text y={HALF + 13}>{node.label}</text>}
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
