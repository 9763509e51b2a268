import assert from 'node:assert/strict';
import { createArrayHabits, unprovenFacts } from '../../../src/halo/write/array-habits.js';

const HOUR = 3_600_000;
const KNOWN = { createsNamed: 'all', updatesNamed: 'few', badOnes: 'refused' } as const;

describe('what the first arrays of a run have to show', () => {
  it('is nothing where nothing is known', () => {
    assert.deepEqual(unprovenFacts(createArrayHabits(), new Map(), HOUR), new Set());
  });

  it('is what another process has seen', () => {
    const facts = unprovenFacts(KNOWN, new Map(), 0);
    assert.deepEqual(facts, new Set(['createsNamed', 'updatesNamed', 'badOnes']));
  });

  it('is what this process has not seen for more than an hour', () => {
    const provenAt = new Map([
      ['createsNamed', 1],
      ['updatesNamed', 0],
      ['badOnes', 1],
    ] as const);
    assert.deepEqual(unprovenFacts(KNOWN, provenAt, HOUR + 1), new Set(['updatesNamed']));
  });

  it('is nothing that costs nobody where it is wrong', () => {
    const habits = { createsNamed: 'unknown', updatesNamed: 'alone', badOnes: 'left-out' } as const;
    assert.deepEqual(unprovenFacts(habits, new Map(), 0), new Set());
  });
});
