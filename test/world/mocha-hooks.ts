/** Loaded by mocha for every run: ends what tests share. */
import { closeTemporal } from './temporal.js';

export const mochaHooks = {
  afterAll: closeTemporal,
};
