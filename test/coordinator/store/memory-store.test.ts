import { createMemoryStore } from '../memory-store.js';
import { describeStore } from '../store-conformance.js';

describeStore('memory', () => ({ harness: { create: createMemoryStore }, tearDown() {} }));
