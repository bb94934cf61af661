import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where pulled models lie: `$XDG_CACHE_HOME/atoll/models`, else `~/.cache/atoll/models`. */
export function modelsDirectory(environment: NodeJS.ProcessEnv = process.env): string {
  const cache = environment.XDG_CACHE_HOME || join(homedir(), '.cache');
  return join(cache, 'atoll', 'models');
}
