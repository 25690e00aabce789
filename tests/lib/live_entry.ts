// Live captions together with the errors that they know by class.
export { WorkerError } from '../../web/errors.js';
export { LiveCaptions } from '../../web/live.js';
