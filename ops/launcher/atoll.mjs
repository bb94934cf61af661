#!/usr/bin/env node
// What `npx atoll` and `npm start` run: the command line in dist/, which is built first where it is missing or stale.
import { buildIfStale } from '../build/stale.mjs';

if (buildIfStale()) await import('../../dist/ops/atoll.js');
else process.exitCode = 1;
