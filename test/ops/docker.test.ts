import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { flagsOf } from './shipped-flags.js';

/** docker-compose.yml and ops/docker, as far as they show what they are without an engine; see also test/compose. */

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

interface Service {
  readonly image: string;
  readonly command?: string | readonly string[];
  readonly build?: { readonly dockerfile: string };
  readonly profiles?: readonly string[];
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly restart?: string;
  readonly mem_limit?: string;
  readonly network_mode?: string;
  readonly stop_grace_period?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const TEXT = read('docker-compose.yml');
const { services } = parse(TEXT, { merge: true }) as { readonly services: Readonly<Record<string, Service>> };
const SERVICES = Object.entries(services);
/** NVIDIA's own: it reads the counters of the cards as root. */
const PRIVILEGED = ['dcgm-exporter'];

/** Every `${NAME:-default}` of the file. */
const VARIABLES = [...TEXT.matchAll(/\$\{([A-Z_]+)(?::-([^}]*))?\}/g)].map(([, name = '', value]) => ({
  name,
  value,
}));

/** A text as it is without any setting. */
const byDefault = (text: string) => text.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1');

describe('docker-compose.yml', () => {
  it('starts a broker, a coordinator and a worker by itself, the rest by profile', () => {
    const plain = SERVICES.filter(([, { profiles }]) => profiles === undefined).map(([name]) => name);
    expect(plain).toEqual(['nats', 'coordinator', 'worker']);
    const inProfile = (profile: string) =>
      SERVICES.filter(([, { profiles }]) => profiles?.includes(profile)).map(([name]) => name);
    expect(inProfile('watch')).toEqual(['nats-exporter', 'prometheus', 'grafana']);
    expect(inProfile('gpu')).toEqual(['worker-gpu', 'dcgm-exporter']);
  });

  it.each(SERVICES)(
    '%s is confined, starts again, and takes no more memory than it is given',
    (name, service) => {
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.restart).toMatch(/^(unless-stopped|on-failure)$/);
      expect(service.mem_limit).toBeDefined();
      if (PRIVILEGED.includes(name)) return;
      expect(service.read_only).toBe(true);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
    },
  );

  it('has no service in the network of another, which would lose it when that one starts again', () => {
    for (const [name, { network_mode }] of SERVICES) expect(network_mode, name).toBeUndefined();
  });

  it('listens for this machine alone', () => {
    const ports = SERVICES.flatMap(([, { ports = [] }]) => ports);
    expect(ports.length).toBeGreaterThan(2);
    for (const port of ports) expect(byDefault(port)).toMatch(/^127\.0\.0\.1:/);
  });

  it('names a version of every image that is not built here', () => {
    const pulled = SERVICES.filter(([, { build }]) => build === undefined).map(([, { image }]) =>
      byDefault(image),
    );
    const bases = [...TEXT.matchAll(/(?:NODE|NATS)_IMAGE:-([^}]+)\}/g)].map(([, image = '']) => image);
    for (const image of [...pulled, ...bases]) expect(image).toMatch(/:v?\d+\.\d+\.\d+/);
  });

  it('gives a worker longer to leave than it may take', () => {
    const grace = Number(
      /GRACE_MS = ([\d_]+)/.exec(read('ops/cluster/serve-islands.ts'))?.[1]?.replaceAll('_', ''),
    );
    for (const name of ['worker', 'worker-gpu']) {
      expect(1000 * Number.parseInt(services[name]?.stop_grace_period ?? '', 10)).toBeGreaterThan(grace);
    }
  });

  it.each(['coordinator', 'worker', 'worker-gpu'])('has flags for %s that atoll has', async (name) => {
    const command = byDefault(String(services[name]?.command));
    const [verb = '', ...words] = command.trim().split(/\s+/);
    expect(verb).toBe(name.replace('-gpu', ''));
    const known = (await flagsOf(verb)) ?? [];
    const flags = words.filter((word) => word.startsWith('--'));
    expect(flags.length).toBeGreaterThan(3);
    expect(flags.filter((flag) => !known.includes(flag))).toEqual([]);
  });

  it('has no secret in it: passwords and tokens come from files', () => {
    for (const [, { environment = {} }] of SERVICES) {
      for (const [name, value] of Object.entries(environment)) {
        if (/PASSWORD|TOKEN|SECRET/.test(name)) expect(value).toMatch(/^\/run\/secrets\//);
      }
    }
    expect(VARIABLES.filter(({ name }) => /PASSWORD|TOKEN|SECRET/.test(name))).toEqual([]);
  });

  it('takes settings that all have a default, and that .env.example names with it', () => {
    const example = read('.env.example');
    for (const { name, value } of VARIABLES) {
      expect(value, name).toBeDefined();
      const line = new RegExp(`^(?:# )?${name}=(.*)$`, 'm').exec(example);
      expect(line?.[1], name).toBe(value);
    }
  });

  const composes = [['docker', 'compose'], ['docker-compose']];
  const compose = composes.find(
    ([command = '', ...words]) => spawnSync(command, [...words, 'version']).status === 0,
  );
  it.skipIf(compose === undefined)(
    'is accepted with every profile (skipped where there is no compose)',
    () => {
      const [command = '', ...words] = compose ?? [];
      for (const profiles of [[], ['watch'], ['gpu'], ['watch', 'gpu']]) {
        const flags = profiles.flatMap((profile) => ['--profile', profile]);
        const checked = spawnSync(command, [...words, ...flags, 'config', '--quiet'], {
          cwd: ROOT,
          encoding: 'utf8',
        });
        expect(checked.status, checked.stderr).toBe(0);
      }
    },
  );
});

describe('each Dockerfile', () => {
  const files = readdirSync(join(ROOT, 'ops/docker')).filter((name) => name.endsWith('.Dockerfile'));

  it.each(files)('%s names the versions of its images, and ends as another user than root', (file) => {
    const text = read(`ops/docker/${file}`);
    const images = [...text.matchAll(/^ARG \w+_IMAGE=(.*)$/gm)].map(([, image = '']) => image);
    expect(images.length).toBeGreaterThan(0);
    for (const image of images) expect(image).toMatch(/:\d+\.\d+\.\d+/);
    expect([...text.matchAll(/^USER (.*)$/gm)].at(-1)?.[1]).toBe('1000:1000');
  });

  it.each(files.filter((file) => file !== 'nats.Dockerfile'))(
    '%s installs what the lock file says, and leaves its tools behind',
    (file) => {
      const text = read(`ops/docker/${file}`);
      expect(text).toContain('RUN npm ci');
      expect(text).toContain('npm prune --omit=dev');
      const [, result = ''] = text.split(/^FROM \$\{(?:NODE|CUDA)_IMAGE\}$/m).slice(-2);
      expect(result).not.toMatch(/npm|apt-get|COPY \. /);
      expect(result).toContain('ENTRYPOINT ["node", "/atoll/dist/ops/atoll.js"]');
    },
  );

  it('is what docker-compose.yml builds from', () => {
    const built = SERVICES.flatMap(([, { build }]) => build?.dockerfile ?? []);
    for (const file of built) expect(files).toContain(file.replace('ops/docker/', ''));
  });
});

describe('the secrets', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'atoll-secrets-'));
    mkdirSync(join(directory, 'docker'));
    copyFileSync(join(ROOT, 'ops/docker/draw-secrets.sh'), join(directory, 'docker/draw-secrets.sh'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  const draw = () => {
    execFileSync('sh', [join(directory, 'docker/draw-secrets.sh')]);
    const folder = join(directory, 'docker/secrets');
    return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  };

  it('are drawn at random once, as NATS and the coordinator take them, and nobody else gets at them', () => {
    const drawn = draw();
    expect([...drawn.keys()].sort()).toEqual(['coordinator-password', 'token', 'worker-password']);
    for (const secret of drawn.values()) expect(secret).toMatch(/^a[A-Za-z0-9]{40}\n$/);
    expect(new Set(drawn.values()).size).toBe(3);
    expect(statSync(join(directory, 'docker/secrets')).mode & 0o777).toBe(0o700);
    expect(draw()).toEqual(drawn);
  });

  it('are in no commit and in no image', () => {
    expect(read('.gitignore').split('\n')).toEqual(expect.arrayContaining(['ops/docker/secrets/', '.env']));
    expect(read('.dockerignore').split('\n')).toContain('ops/docker/secrets');
  });
});
