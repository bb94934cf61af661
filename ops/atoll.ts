#!/usr/bin/env node
/** The command line's entry: `atoll`. */
import { fail, main } from './main.js';

// An error that no command waits for is one line too, without a stack trace.
process.once('uncaughtException', (error) => process.exit(fail(error)));
process.exitCode = await main(process.argv.slice(2));
