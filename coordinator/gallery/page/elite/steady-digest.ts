import { useEffect, useState } from 'preact/hooks';

/** How often a class that keeps improving is asked about again. */
const CALM_MS = 4000;

/** A value that changes at once after a rest, and not again for a while: what is asked of the server follows it. */
export function useSteadyDigest(digest: string): string {
  const [steady, setSteady] = useState({ digest, since: performance.now() });
  useEffect(() => {
    if (digest === steady.digest) return;
    const rest = Math.max(0, CALM_MS - (performance.now() - steady.since));
    const timer = setTimeout(() => setSteady({ digest, since: performance.now() }), rest);
    return () => clearTimeout(timer);
  }, [digest, steady]);
  return steady.digest;
}
