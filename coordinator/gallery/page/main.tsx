import { render } from 'preact';
import { App } from './app.js';
import { createStore } from './store.js';
import './style/theme.css';
import './style/app.css';
import './style/wall.css';
import './style/side.css';
import './style/elite.css';
import './style/look.css';
import 'uplot/dist/uPlot.min.css';

const page = document.getElementById('page');
if (page === null) throw new Error('index.html has no place for the page');
render(<App store={createStore()} />, page);
