import assert from 'node:assert/strict';
import type { Duration } from '@temporalio/common';

describe('durations', () => {
  it('are checked by the compiler', () => {
    const good: Duration[] = ['15 minutes', '15m', '1.5h', 900_000];
    // @ts-expect-error -- without src/temporal/ms.d.ts any text would be a Duration
    const bad: Duration = 'fifteen bananas';
    assert.equal(good.includes(bad), false);
  });
});
