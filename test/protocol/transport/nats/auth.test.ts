import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkServers } from '../../../../protocol/transport/nats/auth.js';
import { connectCoordinator } from '../../../../protocol/transport/nats/coordinator-link.js';
import { readAuth } from '../../../../protocol/transport/nats/credentials.js';
import { connectIsland } from '../../../../protocol/transport/nats/island-link.js';
import { startNatsServer } from '../../../nats-server.js';

describe('who a process is', () => {
  it('is read from the environment; a credentials file goes before it', () => {
    expect(readAuth({})).toEqual({});
    expect(readAuth({ NATS_USER: 'u', NATS_PASSWORD: 'p' })).toEqual({ user: 'u', password: 'p' });
    expect(readAuth({ NATS_TOKEN: 't', NATS_CA: '/ca' })).toEqual({ token: 't', tls: { ca: '/ca' } });
    expect(readAuth({ NATS_TOKEN: 't' }, '/c')).toEqual({ creds: '/c' });
    expect(() => readAuth({ NATS_USER: 'u' })).toThrow(
      /NATS_USER is set, but NATS_PASSWORD is not\. Set both/,
    );
    expect(() => readAuth({ NATS_KEY: 'k' })).toThrow(/NATS_CERT/);
  });

  it('may have its password in a file, as containers are given secrets', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'atoll-secret-'));
    const file = join(directory, 'password');
    try {
      await writeFile(file, 'hunter2\n');
      const found = readAuth({ NATS_USER: 'u', NATS_PASSWORD_FILE: file });
      expect(found).toEqual({ user: 'u', password: 'hunter2' });
      const missing = { NATS_USER: 'u', NATS_PASSWORD_FILE: join(directory, 'nothing') };
      expect(() => readAuth(missing)).toThrow(/NATS_PASSWORD_FILE names, .*nothing, cannot be read/);
      await writeFile(file, '\n');
      expect(() => readAuth({ NATS_USER: 'u', NATS_PASSWORD_FILE: file })).toThrow(/NATS_PASSWORD is not/);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('a URL holds no secret, and is not repeated when it does', () => {
    expect(checkServers(['localhost:4222', 'tls://x:1'])).toEqual(['nats://localhost:4222', 'tls://x:1']);
    expect(() => checkServers(['nats://me:hunter2@localhost'])).toThrow(/holds a user or a password/);
    expect(() => checkServers(['nats://me:hunter2@localhost'])).not.toThrow(/hunter2/);
    for (const url of [[], ['http://x'], ['nats://']]) {
      expect(() => checkServers(url)).toThrow(/Give a URL such as nats:/);
    }
  });
});

describe('a broker that wants a password', () => {
  it('lets in who has it, and tells others without repeating theirs', async () => {
    const server = await startNatsServer({
      configuration: 'authorization { user: atoll, password: right }',
    });
    try {
      const place = { servers: [server.url], run: 'r' };
      const link = await connectCoordinator({ ...place, auth: { user: 'atoll', password: 'right' } });
      await link.close();
      const refused = connectIsland({ ...place, auth: { user: 'atoll', password: 'hunter2' } });
      const error = await refused.catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'ERR_NATS_AUTH', exitCode: 2 });
      expect(String(error)).not.toContain('hunter2');
      await expect(connectIsland(place)).rejects.toMatchObject({ code: 'ERR_NATS_AUTH' });
    } finally {
      await server.stop();
    }
  });
});

describe('a broker that is not there', () => {
  it('is said so in one sentence when the patience is over', async () => {
    const place = { servers: ['nats://127.0.0.1:1'], run: 'r', patienceMilliseconds: 0 };
    await expect(connectIsland(place)).rejects.toMatchObject({
      code: 'ERR_BROKER_UNREACHABLE',
      exitCode: 3,
      message: expect.stringMatching(
        /^No NATS server can be reached at nats:\/\/127\.0\.0\.1:1 \(connection refused\)\. /,
      ),
    });
  });
});
