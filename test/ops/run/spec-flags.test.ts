import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addSpecFlags, type SpecFlags, specFromFlags } from '../../../ops/run/spec-flags.js';

/** What a command line with these flags says of a run. */
async function said(...flags: string[]) {
  const command = addSpecFlags(new Command(), 'number of islands').exitOverride();
  command.parse(flags, { from: 'user' });
  return specFromFlags(
    undefined,
    command.opts<SpecFlags>(),
    (key) => command.getOptionValueSource(key) === 'cli',
  );
}

describe('the flags of a run', () => {
  it('name views under which a confidence has to hold, by list or each by itself', async () => {
    expect(await said('--constraints', 'shifts,blur:1')).toEqual({
      evolution: {
        constraints: {
          views: ['shift:0.07x0', 'shift:-0.07x0', 'shift:0x0.07', 'shift:0x-0.07', 'blur:1'],
        },
      },
    });
    await expect(said('--constraints', 'zoom:2')).rejects.toThrow(/must be like shift:0\.05x0/);
  });

  it('name further networks, and how their confidences become one', async () => {
    expect(await said('--also', 'digits-2, b.onnx', '--objective', 'mean')).toEqual({
      objective: { also: ['digits-2', 'b.onnx'], reduce: 'mean' },
    });
    await expect(said('--objective', 'mean')).rejects.toThrow(/only one is named/);
    expect(await said('--set', 'objective.also=[digits-2]', '--objective', 'mean')).toMatchObject({
      objective: { reduce: 'mean' },
    });
  });

  it('say nothing where none is given', async () => {
    expect(await said()).toEqual({});
  });
});
