import { type Pinch, pinchedTo } from './pinch.js';
import type { Tiling } from './tiling.js';
import type { WallView } from './wall-view.js';

/** Zooms by ctrl and the wheel (two fingers on a pad are told as the same), and by two fingers on a screen. */
export function followZoom(scroller: HTMLElement, view: WallView, { chosen }: Tiling): () => void {
  let pinch: Pinch | undefined;

  function zoom(size: number, clientY: number): void {
    view.zoom(size, clientY - scroller.getBoundingClientRect().top);
    chosen.value = size;
  }

  const onWheel = (event: WheelEvent) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    zoom(view.layout.value.side * Math.exp(-event.deltaY / 300), event.clientY);
  };
  const onStart = ({ touches }: TouchEvent) => {
    const spread = spreadOf(touches);
    pinch = spread && { side: view.layout.value.side, distance: spread.distance };
  };
  const onMove = (event: TouchEvent) => {
    const spread = spreadOf(event.touches);
    if (pinch === undefined || spread === undefined) return;
    event.preventDefault();
    zoom(pinchedTo(pinch, spread.distance), spread.middle);
  };

  const active = { passive: false } as const;
  scroller.addEventListener('wheel', onWheel, active);
  scroller.addEventListener('touchmove', onMove, active);
  for (const type of ['touchstart', 'touchend', 'touchcancel'] as const) {
    scroller.addEventListener(type, onStart, { passive: true });
  }
  return () => {
    scroller.removeEventListener('wheel', onWheel);
    scroller.removeEventListener('touchmove', onMove);
    for (const type of ['touchstart', 'touchend', 'touchcancel'] as const) {
      scroller.removeEventListener(type, onStart);
    }
  };
}

/** Of exactly two fingers: how far apart they are, and the height of their middle. */
function spreadOf(touches: TouchList): { readonly distance: number; readonly middle: number } | undefined {
  const [a, b] = [touches[0], touches[1]];
  if (a === undefined || b === undefined || touches.length > 2) return undefined;
  return {
    distance: Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY),
    middle: (a.clientY + b.clientY) / 2,
  };
}
