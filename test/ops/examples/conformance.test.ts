import { createQuarters } from '../../../ops/examples/quarters.js';
import { createRestless } from '../../../ops/examples/restless.js';
import { classifierConformance } from '../../worker/classifier/conformance.js';
import { emitterConformance } from '../../worker/emitter/conformance.js';

const evolution = { initial: 20, generation: 10 };
emitterConformance('of the example', createRestless, {
  cppn: { evolution },
  direct: { encoding: 'direct', evolution },
});
classifierConformance('of the example', async () => createQuarters(), { gradient: 'absent' });
