import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';

/** A container engine and its compose, as programs. */
export interface Engine {
  docker(...words: readonly string[]): Promise<string>;
  compose(...words: readonly string[]): Promise<string>;
}

export const WITHOUT_ENGINE =
  'skipped: no container engine answers (docker info), or it has no compose (docker compose, docker-compose)';

const answers = (command: string, ...words: readonly string[]): boolean =>
  spawnSync(command, words, { stdio: 'ignore' }).status === 0;

/** The words that call compose; undefined where no engine answers. */
export function findCompose(): readonly string[] | undefined {
  if (!answers('docker', 'info')) return undefined;
  const known = [['docker', 'compose'], ['docker-compose']];
  return known.find(([command = '', ...words]) => answers(command, ...words, 'version'));
}

/** @param compose as {@link findCompose} found it */
export function engineIn(directory: string, compose: readonly string[], env: NodeJS.ProcessEnv): Engine {
  const call = promisify(execFile);
  const run = async (command: string, words: readonly string[]) => {
    const options = { cwd: directory, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
    const { stdout } = await call(command, words, options);
    return stdout.trim();
  };
  const [command = '', ...first] = compose;
  return {
    docker: (...words) => run('docker', words),
    compose: (...words) => run(command, [...first, ...words]),
  };
}

/**
 * The pinned image where it is there or can be pulled, else any local one of the same repository: a stand-in on machines
 * that reach no registry.
 */
export async function imageLike(pinned: string, { docker }: Engine): Promise<string> {
  const there = (name: string) =>
    docker('image', 'inspect', '--format', '{{.Id}}', name).catch(() => undefined);
  if ((await there(pinned)) !== undefined) return pinned;
  if ((await docker('pull', '--quiet', pinned).catch(() => undefined)) !== undefined) return pinned;
  const repository = pinned.slice(0, pinned.lastIndexOf(':'));
  const local = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', repository);
  const [first] = local.split('\n').filter((name) => name !== '');
  if (first === undefined) throw new Error(`expected an image like ${pinned}`);
  return first;
}
