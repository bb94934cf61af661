import { integer, type NodeProto, type TensorProto } from './file.js';
import { attributeOf } from './graph.js';

/** What a node says of itself beside its inputs. A name that is absent gives the default. */
export interface NodeAttributes {
  number(name: string, byDefault: number): number;
  flag(name: string, byDefault?: boolean): boolean;
  text(name: string, byDefault: string): string;
  numbers(name: string): number[] | undefined;
  tensor(name: string): TensorProto | undefined;
}

export function attributesOf(node: NodeProto): NodeAttributes {
  const number = (name: string, byDefault: number) => {
    const attribute = attributeOf(node, name);
    if (attribute === undefined) return byDefault;
    // A zero may be left out of the file: the type says which of the two is meant.
    return attribute.type === ATTRIBUTE_FLOAT ? (attribute.f ?? 0) : integer(attribute.i ?? 0);
  };
  return {
    number,
    flag: (name, byDefault = false) => number(name, byDefault ? 1 : 0) !== 0,
    text(name, byDefault) {
      const bytes = attributeOf(node, name)?.s;
      return bytes ? Buffer.from(bytes).toString() : byDefault;
    },
    tensor: (name) => attributeOf(node, name)?.t ?? undefined,
    numbers(name) {
      const attribute = attributeOf(node, name);
      if (attribute === undefined) return undefined;
      return attribute.floats?.length ? attribute.floats : (attribute.ints ?? []).map(integer);
    },
  };
}

const ATTRIBUTE_FLOAT = 1;
