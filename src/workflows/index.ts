/** The workflow types, by the names they have in Temporal. */
export { connection } from './connection.js';
export { discover } from './discover.js';
export { validate } from './validate.js';
