import { describe, expect, it } from 'vitest';
import { MAX_ISLANDS, type Machine, placeIslands, readDevices } from '../../../ops/cluster/devices.js';

const LISTED = `GPU 0: NVIDIA A100 (UUID: GPU-1)
  MIG 1g.5gb     Device  0: (UUID: MIG-1)
GPU 1: NVIDIA A100 (UUID: GPU-2)
GPU 2: NVIDIA A100 (UUID: GPU-3)
`;
const machine = (parts: Partial<Machine> = {}): Machine => ({
  listGpus: () => LISTED,
  visibleGpus: undefined,
  cores: 4,
  ...parts,
});

describe('--devices', () => {
  it('a list names one for each process', async () => {
    expect(await readDevices('cuda:1, cuda:0')).toEqual(['cuda:1', 'cuda:0']);
    expect(await readDevices('cpu,cpu')).toEqual(['cpu', 'cpu']);
  });

  it.each(['nonsense', 'cpu,', '', 'cuda:x', 'all,cpu', 'cuda:0;cuda:1'])(
    '%j is refused in one sentence',
    async (text) => {
      await expect(readDevices(text)).rejects.toMatchObject({ code: 'ERR_DEVICE', exitCode: 2 });
    },
  );

  it('all is every GPU, or every core where there is none', async () => {
    expect(await readDevices('all', machine())).toEqual(['cuda:0', 'cuda:1', 'cuda:2']);
    expect(await readDevices('all', machine({ listGpus: () => undefined }))).toEqual(Array(4).fill('cpu'));
    expect(await readDevices('all', machine({ listGpus: () => 'No devices were found' }))).toHaveLength(4);
  });

  it.each([
    ['0', 1],
    ['2,1', 2],
    ['GPU-3,GPU-1', 2],
    ['0,1,2,3,4', 3],
    ['', 0],
    ['-1', 0],
    ['1,-1,2', 1],
  ])('all is what a batch system has given us: %j', async (visibleGpus, gpus) => {
    const devices = await readDevices('all', machine({ visibleGpus }));
    const expected = Array.from({ length: gpus }, (_, i) => `cuda:${i}`);
    expect(devices).toEqual(gpus === 0 ? Array(4).fill('cpu') : expected);
  });
});

describe('--islands', () => {
  it('is so many on each device', () => {
    expect(placeIslands(['cuda:0', 'cuda:1'], 2)).toEqual(['cuda:0', 'cuda:0', 'cuda:1', 'cuda:1']);
    expect(placeIslands([undefined], 3)).toEqual([undefined, undefined, undefined]);
  });

  it('is bounded', () => {
    expect(placeIslands(['cpu', 'cpu'], MAX_ISLANDS / 2)).toHaveLength(MAX_ISLANDS);
    expect(() => placeIslands(['cpu'], MAX_ISLANDS + 1)).toThrow(/513 islands are too many .* at most 512/);
  });
});
