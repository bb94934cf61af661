/** Values that an earlier Atoll wrote in another way. `run.yaml`, archives and people's own files may still have them. */
const RENAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'evolution.insertion': { immediate: 'steady-state' },
};

/** The value of a key (`evolution.insertion`) as it is written today. */
export function currentValue(key: string, value: unknown): unknown {
  return (typeof value === 'string' && RENAMED[key]?.[value]) || value;
}
