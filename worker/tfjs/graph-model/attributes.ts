import { z } from 'zod';
import type { ElementType } from './values.js';

/** Protobuf's JSON writes 64-bit integers as strings, and so do most converters; some write numbers. */
const number = z.union([z.number(), z.string().transform(Number)]);
/** Bytes: base64, or a list of character codes in old files. */
const bytes = z.union([z.string(), z.array(z.number())]);
const elementType = z.union([z.string(), z.number()]);

export const shapeSchema = z.object({
  unknownRank: z.boolean().nullish(),
  dim: z.array(z.object({ size: number.nullish() })).nullish(),
});

export const attributeSchema = z.object({
  s: bytes.nullish(),
  i: number.nullish(),
  f: number.nullish(),
  b: z.boolean().nullish(),
  type: elementType.nullish(),
  shape: shapeSchema.nullish(),
  list: z
    .object({
      s: z.array(bytes).nullish(),
      i: z.array(number).nullish(),
      f: z.array(number).nullish(),
    })
    .nullish(),
  tensor: z
    .object({
      dtype: elementType.nullish(),
      tensorShape: shapeSchema.nullish(),
      tensorContent: bytes.nullish(),
      floatVal: z.array(number).nullish(),
      doubleVal: z.array(number).nullish(),
      intVal: z.array(number).nullish(),
      int64Val: z.array(number).nullish(),
      boolVal: z.array(z.boolean()).nullish(),
    })
    .nullish(),
});

/** One attribute of a node, as GraphDef's JSON has it. */
export type RawAttribute = z.output<typeof attributeSchema>;

/** The attributes of a node. A name that is absent gives the default. */
export interface Attributes {
  number(name: string, byDefault: number): number;
  flag(name: string): boolean;
  text(name: string, byDefault: string): string;
  numbers(name: string): number[] | undefined;
  texts(name: string): string[];
  /** undefined where there is none, or one that is no type known here. */
  type(name: string): ElementType | undefined;
  /** Sizes that are open are −1. undefined: not even the number of dimensions is known. */
  shape(name: string): number[] | undefined;
}

export function attributesOf(raw: Readonly<Record<string, RawAttribute>>): Attributes {
  return {
    number: (name, byDefault) => raw[name]?.i ?? raw[name]?.f ?? byDefault,
    flag: (name) => raw[name]?.b ?? false,
    text: (name, byDefault) => textOf(raw[name]?.s ?? undefined) ?? byDefault,
    numbers: (name) => {
      const list = raw[name]?.list;
      if (list === undefined || list === null) return undefined;
      return list.i?.length ? list.i : (list.f ?? []);
    },
    texts: (name) => (raw[name]?.list?.s ?? []).map((each) => textOf(each) ?? ''),
    type: (name) => elementTypeOf(raw[name]?.type ?? undefined),
    shape: (name) => shapeOf(raw[name]?.shape ?? undefined),
  };
}

/** Base64 or character codes as text. */
function textOf(value: string | number[] | undefined): string | undefined {
  return value === undefined ? undefined : bytesOf(value).toString('latin1');
}

export function bytesOf(value: string | number[]): Buffer {
  return typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.from(value);
}

/** TensorFlow's DataType, by name or number (tensorflow/core/framework/types.proto). */
export function elementTypeOf(type: string | number | undefined): ElementType | undefined {
  switch (type) {
    case 'DT_FLOAT':
    case 'DT_DOUBLE':
    case 'DT_HALF':
    case 'DT_BFLOAT16':
    case 1:
    case 2:
    case 19:
    case 14:
      return 'float';
    case 'DT_INT32':
    case 'DT_UINT8':
    case 'DT_INT16':
    case 'DT_INT8':
    case 'DT_INT64':
    case 'DT_UINT16':
    case 3:
    case 4:
    case 5:
    case 6:
    case 9:
    case 17:
      return 'int';
    case 'DT_BOOL':
    case 10:
      return 'bool';
    default:
      return undefined;
  }
}

export function shapeOf(shape: z.output<typeof shapeSchema> | undefined): number[] | undefined {
  if (shape === undefined || shape.unknownRank === true) return undefined;
  return (shape.dim ?? []).map(({ size }) => size ?? 0);
}
