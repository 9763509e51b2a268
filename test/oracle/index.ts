/** The oracle: what Halo must hold in the end, independent of the program. */
export { compare, type CompareOptions } from './compare.js';
export { expectedHaloUsers, type Expected, type OracleInput } from './expected-users.js';
