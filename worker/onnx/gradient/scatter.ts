import { int, text } from '../builder.js';
import { frontAxis } from '../shapes/list.js';
import { zeros } from './formula.js';
import type { Call, Rule } from './rule.js';

/** Operators that take or put numbers by indices, which may be computed: the indices themselves have no gradient. */

const ADDING = text('add');

/** Each number is added to where it came from. */
export const gatheredElements: Rule = (call) => {
  const [x = '', indices = ''] = call.inputs;
  return [
    () =>
      call.graph.node('ScatterElements', [zeros(call, x), indices, call.gradient()], {
        axis: axisOf(call),
        reduction: ADDING,
      }),
  ];
};

export const gatheredNumbered: Rule = (call) => {
  const [x = '', indices = ''] = call.inputs;
  if (call.attributes.number('batch_dims', 0) !== 0) throw call.refusal('it gathers image by image');
  return [
    () => call.graph.node('ScatterND', [zeros(call, x), indices, call.gradient()], { reduction: ADDING }),
  ];
};

/** What was put in, or added, gets the gradient of its place; what it took the place of gets nothing. */
export const scatteredElements: Rule = (call) => {
  const axis = axisOf(call);
  return scattered(call, (indices) => ({
    put: (target, numbers) => call.graph.node('ScatterElements', [target, indices, numbers], { axis }),
    taken: (source) => call.graph.node('GatherElements', [source, indices], { axis }),
  }));
};

export const scatteredNumbered: Rule = (call) =>
  scattered(call, (indices) => ({
    put: (target, numbers) => call.graph.node('ScatterND', [target, indices, numbers]),
    taken: (source) => call.graph.node('GatherND', [source, indices]),
  }));

interface Places {
  put(target: string, numbers: string): string;
  taken(source: string): string;
}

function scattered(call: Call, placesBy: (indices: string) => Places) {
  const [, indices = '', updates = ''] = call.inputs;
  const reduction = call.attributes.text('reduction', 'none');
  if (reduction !== 'none' && reduction !== 'add') throw call.refusal(`its reduction is "${reduction}"`);
  const places = placesBy(indices);
  return [
    () => (reduction === 'add' ? call.gradient() : places.put(call.gradient(), zeros(call, updates))),
    undefined,
    () => places.taken(call.gradient()),
  ];
}

const axisOf = (call: Call) =>
  int(frontAxis(call.attributes.number('axis', 0), call.shape(call.inputs[0] ?? '').length));
