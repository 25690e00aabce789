// Hands the package to the tests, which call it from outside.
import * as sotto from './lib/sotto/index.js';

window.sotto = sotto;
