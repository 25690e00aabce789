import { run } from './run.js';

run(document.querySelector('output'));
