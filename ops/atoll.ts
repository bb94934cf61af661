#!/usr/bin/env node
/** The command line's entry: `atoll`. */
import { fail, main } from './main.js';

// What no command waits for: still one line, and no stack trace.
process.once('uncaughtException', (error) => process.exit(fail(error)));
process.exitCode = await main(process.argv.slice(2));
