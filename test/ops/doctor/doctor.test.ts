import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNatsServer, type TestServer } from '../../nats-server.js';
import { callAtoll } from '../call.js';

/** `atoll doctor` on the machine that the tests run on. */

let directory: string;
let server: TestServer;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'atoll-doctor-'));
  server = await startNatsServer({ configuration: 'authorization { user: worker, password: right }' });
});
afterAll(async () => {
  delete process.env.NATS_USER;
  delete process.env.NATS_PASSWORD;
  await server.stop();
  await rm(directory, { recursive: true, force: true });
});

const doctor = (...flags: readonly string[]) =>
  callAtoll(['doctor', '--runs', join(directory, 'runs'), ...flags]);
interface Told {
  readonly starts: boolean;
  readonly findings: readonly { readonly subject: string; readonly state: string; readonly said: string }[];
}
const told = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Told;
const about = ({ findings }: Told, subject: string) => findings.find((one) => one.subject === subject);

describe('atoll doctor', () => {
  it('says on one screen that a worker would start on a CPU', async () => {
    const { code, stdout } = await doctor('--device', 'cpu');
    expect(code, stdout).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeLessThan(24);
    expect(lines[0]).toMatch(/^ok +Node +v\d+/);
    expect(stdout).toMatch(/^ok +device cpu +a network runs on it$/m);
  });

  it('is let in by a broker that knows the password, and says how far it is', async () => {
    Object.assign(process.env, { NATS_USER: 'worker', NATS_PASSWORD: 'right' });
    const { code, stdout } = await doctor('--device', 'cpu', '--nats', server.url, '--json');
    expect(code, stdout).toBe(0);
    expect(told(stdout).starts).toBe(true);
    expect(about(told(stdout), 'broker')?.said).toMatch(/^nats-server \S+ lets us in, \d+ ms away$/);
  });

  it('ends with 3 where the broker does not let it in, or is not there, and repeats no secret', async () => {
    Object.assign(process.env, { NATS_USER: 'worker', NATS_PASSWORD: 'hunter2' });
    for (const url of [server.url, 'nats://127.0.0.1:1']) {
      const { code, stdout, stderr } = await doctor(
        '--nats',
        url,
        '--device',
        'cpu',
        '--patience',
        '0.5',
        '--json',
      );
      expect(code, stdout).toBe(3);
      expect(about(told(stdout), 'broker')?.state).toBe('missing');
      expect(stderr).toBe('atoll: A worker would not start here: it does not reach the broker.\n');
      expect(stdout).not.toContain('hunter2');
    }
  });

  it('ends with 2 where the device that is asked for cannot be used', async () => {
    const { code, stdout, stderr } = await doctor('--device', 'cuda:97', '--json');
    expect(code, stdout).toBe(2);
    expect(about(told(stdout), 'device cuda:97')?.said).toMatch(
      /^This machine cannot use the device cuda:97/,
    );
    expect(stderr).toBe(
      'atoll: A worker would not start here: look at device cuda:97. Correct what is marked as missing above.\n',
    );
  });

  it('refuses an unknown device in one sentence', async () => {
    const { code, stderr } = await doctor('--device', 'abacus');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'atoll: "abacus" is not a device. Give cpu, webgpu, cuda or cuda:N.\n',
    });
  });
});
