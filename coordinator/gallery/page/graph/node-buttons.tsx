import { HALF } from './drawing.js';
import { UNITS_OF_FONT } from './graph-layout.js';
import type { GraphLayout, GraphNode } from './graph-model.js';

/** A button over each node of a drawn graph. One at a time takes the focus; arrow keys go on to the next. */
export function NodeButtons(props: {
  layout: GraphLayout;
  nodes: readonly GraphNode[];
  chosen: number | undefined;
  onChoose: (node: number) => void;
}) {
  const { layout, nodes, chosen, onChoose } = props;
  return (
    <ul class="node-buttons" aria-label="Nodes">
      {nodes.map((node, i) => {
        const { x, y } = layout.nodes[i] ?? { x: 0, y: 0 };
        return (
          <li key={`${i} ${node.name}`}>
            <button
              type="button"
              tabIndex={i === (chosen ?? 0) ? 0 : -1}
              data-node={i}
              style={{ left: rem(x - HALF), top: rem(y - HALF), width: rem(2 * HALF), height: rem(2 * HALF) }}
              onPointerEnter={() => onChoose(i)}
              onFocus={() => onChoose(i)}
              onKeyDown={(event) => goOn(event, i, nodes.length)}
            >
              <span class="hidden">
                {[node.name, node.activation, node.formula].filter(Boolean).join(', ')}
              </span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}

const rem = (units: number) => `${units / UNITS_OF_FONT}rem`;

function goOn(event: KeyboardEvent, node: number, count: number): void {
  const forwards = event.key === 'ArrowRight' || event.key === 'ArrowDown';
  const backwards = event.key === 'ArrowLeft' || event.key === 'ArrowUp';
  if (!forwards && !backwards) return;
  event.preventDefault();
  const next = Math.max(0, Math.min(count - 1, node + (forwards ? 1 : -1)));
  const list = event.currentTarget instanceof Element ? event.currentTarget.closest('ul') : null;
  list?.querySelector<HTMLElement>(`[data-node="${next}"]`)?.focus();
}
