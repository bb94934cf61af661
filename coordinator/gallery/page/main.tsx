import { render } from 'preact';
import { App } from './app.js';
import { createPool } from './drawing/pool.js';
import { createStore } from './store.js';
import './style/all.js';

const page = document.getElementById('page');
if (page === null) throw new Error('index.html has no place for the page');
const worker = () => new Worker(new URL('./drawing/draw-worker.ts', import.meta.url), { type: 'module' });
render(<App store={createStore(createPool(worker))} />, page);
