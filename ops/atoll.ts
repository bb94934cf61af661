#!/usr/bin/env node
/** The command line's entry: `atoll`. */
import { main } from './cli/main.js';

process.exitCode = await main(process.argv.slice(2));
