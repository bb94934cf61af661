import type { EmitterName } from '../../protocol/spec/emitter-names.js';
import type { EmitterMaker } from './emitter.js';

/** An emitter that says its name, under which its share is counted. */
export function named(name: EmitterName, make: EmitterMaker): EmitterMaker {
  return (parts) => {
    const emitter = make(parts);
    return {
      name,
      ask: emitter.ask,
      tell: emitter.tell,
      save: emitter.save,
      get visiting() {
        return emitter.visiting === true;
      },
      get report() {
        return emitter.report;
      },
    };
  };
}
