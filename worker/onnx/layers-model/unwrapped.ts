import { z } from 'zod';

/** Tuples and shapes of Keras 2. */
const listSchema = z.looseObject({
  class_name: z.enum(['__tuple__', 'TensorShape']),
  items: z.array(z.unknown()),
});
/** Arrays, numbers of NumPy's and tuples of Keras 3. */
const valueSchema = z.looseObject({
  class_name: z.enum(['__numpy__', '__tensor__', '__tuple__']),
  config: z.looseObject({ value: z.unknown() }),
});

/** A topology in which what Keras wraps in objects, for JSON has no word for it, is the list or number that it means. */
export function unwrapped(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(unwrapped);
  if (!('class_name' in json)) return eachUnwrapped(json);
  const list = listSchema.safeParse(json);
  if (list.success) return list.data.items.map(unwrapped);
  const value = valueSchema.safeParse(json);
  if (value.success) return unwrapped(value.data.config.value);
  return eachUnwrapped(json);
}

function eachUnwrapped(json: object): unknown {
  return Object.fromEntries(Object.entries(json).map(([key, each]) => [key, unwrapped(each)]));
}
