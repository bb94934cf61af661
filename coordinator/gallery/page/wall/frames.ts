/** At most one painting a frame, and none while paused. */
export function createFrames(paint: (now: number) => void): { soon(): void; pause(paused: boolean): void } {
  let frame = 0;
  let paused = false;
  const soon = () => {
    if (frame !== 0 || paused) return;
    frame = requestAnimationFrame((now) => {
      frame = 0;
      paint(now);
    });
  };
  return {
    soon,
    pause(next) {
      paused = next;
      if (paused) {
        cancelAnimationFrame(frame);
        frame = 0;
      } else soon();
    },
  };
}
