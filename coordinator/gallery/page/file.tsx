import { render } from 'preact';
import { App } from './app.js';
import DrawWorker from './drawing/draw-worker.ts?worker&inline';
import { createPool } from './drawing/pool.js';
import { createFileStore } from './file/file-store.js';
import { readWallFile } from './file/read-wall-file.js';
import './style/all.js';

/** An exported wall: the page and a run in one file, which asks nobody for anything. */
const page = document.getElementById('page');
if (page === null) throw new Error('file.html has no place for the page');
const pool = createPool(() => new DrawWorker());
const store = createFileStore(await readWallFile(), pool);
render(<App store={store} />, page);
