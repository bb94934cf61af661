import { int } from '../builder.js';
import { ELEMENT } from '../tensor.js';
import { div, expand, greater, log, mul, neg, pow, sub, unbroadcast, where } from './formula.js';
import type { Call, Rule, Term } from './rule.js';

/** Arithmetic of two or more operands, with broadcasting. */

/** The share of operand `i`, from the gradient in the shape of the result. */
function share(call: Call, i: number, gradient: () => string): Term {
  const { inputs, outputs, shape } = call;
  const name = inputs[i] ?? '';
  return () => unbroadcast(call, gradient(), shape(outputs[0] ?? ''), shape(name));
}

/** The gradient as it is: loose where the operand is not broadcast itself. */
function passed(call: Call, i: number): Term {
  const { inputs, outputs, shape } = call;
  const whole = share(call, i, () => call.gradient());
  const isWhole = shape(inputs[i] ?? '').join() === shape(outputs[0] ?? '').join();
  return isWhole ? { make: () => call.loose(), channels: call.channels } : whole;
}

export const addition: Rule = (call) => call.inputs.map((_, i) => passed(call, i));

export const subtraction: Rule = (call) => [
  passed(call, 0),
  share(call, 1, () => neg(call, call.gradient())),
];

export const multiplication: Rule = (call) => {
  const [a = '', b = ''] = call.inputs;
  if (a === b) return [() => mul(call, mul(call, call.gradient(), a), 2)];
  return [
    share(call, 0, () => mul(call, call.gradient(), b)),
    share(call, 1, () => mul(call, call.gradient(), a)),
  ];
};

/** y = a / b: dy/da = 1/b, dy/db = −y/b. */
export const division: Rule = (call) => {
  const [, b = ''] = call.inputs;
  const [y = ''] = call.outputs;
  return [
    share(call, 0, () => div(call, call.gradient(), b)),
    share(call, 1, () => neg(call, mul(call, call.gradient(), div(call, y, b)))),
  ];
};

/**
 * y = aᵇ: dy/da = b aᵇ⁻¹, dy/db = y ln a. Nothing passes where these have no finite value: through a root of 0, and to the
 * exponent of what is not positive. An exponent may be of integers.
 */
export const power: Rule = (call) => {
  const [a = '', b = ''] = call.inputs;
  const [y = ''] = call.outputs;
  const whole = call.integers(b);
  const exponents = call.floats(b) ?? whole;
  const [only] = exponents ?? [];
  const isOne = exponents?.length === 1 && only !== undefined;
  const slope = () => {
    if (isOne && only === 2) return mul(call, a, 2);
    const exponent = real(call, b, isOne ? only : undefined);
    const found = mul(call, exponent, pow(call, a, sub(call, exponent, 1)));
    if (exponents?.every((each) => each >= 1)) return found;
    const atRoot = [call.graph.node('Equal', [a, call.graph.scalar(0)]), greater(call, 1, exponent)];
    return where(call, call.graph.node('And', atRoot), 0, found);
  };
  return [
    share(call, 0, () => mul(call, call.gradient(), slope())),
    share(call, 1, () => {
      const rise = where(call, greater(call, a, 0), mul(call, y, log(call, a)), 0);
      return mul(call, call.gradient(), rise);
    }),
  ];
};

/** A value as floats: a constant where it is the one number `only`. */
function real({ graph, floats }: Call, name: string, only: number | undefined): string {
  if (floats(name) !== undefined) return name;
  return only === undefined ? graph.node('Cast', [name], { to: int(ELEMENT.float) }) : graph.scalar(only);
}

export const meanOfOperands: Rule = (call) =>
  call.inputs.map((_, i) => share(call, i, () => div(call, call.gradient(), call.inputs.length)));

/** Min and Max: the operand that is the result gets the gradient; equals share it, but of two the first gets all. */
export const extremum: Rule = (call) =>
  call.inputs.length === 2 ? extremumOfTwo(call) : sharedExtremum(call);

function extremumOfTwo(call: Call): readonly Term[] {
  const [a = '', b = ''] = call.inputs;
  const isFirst = () => {
    const [more, less] = call.op === 'Max' ? [a, b] : [b, a];
    const holds = call.graph.shared('GreaterOrEqual', [more, less]);
    return call.graph.shared('Cast', [holds], { to: int(ELEMENT.float) });
  };
  const ofFirst = () => call.graph.shared('Mul', [call.gradient(), isFirst()]);
  return [share(call, 0, ofFirst), share(call, 1, () => sub(call, call.gradient(), ofFirst()))];
}

function sharedExtremum(call: Call): readonly Term[] {
  const [y = ''] = call.outputs;
  const chosen = (name: string) =>
    where(call, call.graph.shared('Equal', [name, y]), expand(call, call.graph.scalar(1), y), 0);
  const ties = () => {
    const [first = '', ...rest] = call.inputs.map(chosen);
    return rest.reduce((all, each) => call.graph.node('Add', [all, each]), first);
  };
  return call.inputs.map((name, i) =>
    share(call, i, () => mul(call, div(call, call.gradient(), ties()), chosen(name))),
  );
}

/** Where: the condition is no number, and the other two get what they gave. */
export const choice: Rule = (call) => {
  const [condition = ''] = call.inputs;
  return [
    undefined,
    share(call, 1, () => where(call, condition, call.gradient(), 0)),
    share(call, 2, () => where(call, condition, 0, call.gradient())),
  ];
};

/** PRelu: x where x > 0, else slope · x. */
export const slopedRelu: Rule = (call) => {
  const [x = '', slope = ''] = call.inputs;
  const positive = () => call.graph.shared('Greater', [x, call.graph.scalar(0)]);
  return [
    () => where(call, positive(), call.gradient(), mul(call, call.gradient(), slope)),
    share(call, 1, () => where(call, positive(), 0, mul(call, call.gradient(), x))),
  ];
};

/** Operators that give the same number to several places, by shape: Expand. */
export const expansion: Rule = (call) => [share(call, 0, () => call.gradient())];
