const SHIFTS = ['shift:0.07x0', 'shift:-0.07x0', 'shift:0x0.07', 'shift:0x-0.07'];

/** Lists of views by name: small shifts (two pixels of 28), and these with all other kinds of views. */
export const NAMED_VIEWS: Readonly<Record<string, readonly string[]>> = {
  shifts: SHIFTS,
  robust: [
    ...SHIFTS,
    ...['scale:0.9', 'scale:1.1', 'rotate:-10', 'rotate:10', 'noise:16', 'blur:0.7', 'jpeg:50'],
  ],
};

/** Views as a person lists them, each its own text or the name of a list: `robust,blur:2`. Each view once. */
export function viewsOf(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return [...new Set(parts.flatMap((part) => NAMED_VIEWS[part] ?? [part]))];
}

/** How people call views: `none`, the name of their list, or the views themselves. */
export function nameOfViews(views: readonly string[]): string {
  if (views.length === 0) return 'none';
  const text = views.join(', ');
  const named = Object.entries(NAMED_VIEWS).find(([, list]) => list.join(', ') === text);
  return named?.[0] ?? text;
}
