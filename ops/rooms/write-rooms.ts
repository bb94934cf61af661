/** Draws ops/pictures/rooms.svg from the imports of the source: `npm run generate:rooms`. */
import { writeFileSync } from 'node:fs';
import { drawRooms } from './draw-rooms.js';
import { AREAS, readSources } from './sources.js';

writeFileSync('ops/pictures/rooms.svg', drawRooms(readSources('.', AREAS)));
