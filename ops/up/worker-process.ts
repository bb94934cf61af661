/** The process of an island of `atoll up`: a worker that says what it traces as the command does. */
import { inheritTrace } from '../cli/trace-flag.js';

inheritTrace();
await import('../../worker/main.js');
