import assert from 'node:assert/strict';
import { devServerArguments } from '../../../src/temporal/dev-server-arguments.js';
import { connectionNameOf, TASK_QUEUE, workflowIdOf } from '../../../src/temporal/task-queue.js';

describe('names that histories and operators hold', () => {
  it('stay as they are documented', () => {
    assert.equal(TASK_QUEUE, 'seatgeek-halo');
    assert.equal(workflowIdOf('arena'), 'connection-arena');
  });

  it('lead back from a workflow id to the connection', () => {
    assert.equal(connectionNameOf(workflowIdOf('connection-a')), 'connection-a');
    assert.equal(connectionNameOf('other'), undefined);
  });

  it('are the search attributes that the dev server registers', () => {
    const args = devServerArguments({ port: 1, uiPort: undefined });
    assert.deepEqual(
      args.filter((_, index) => args[index - 1] === '--search-attribute'),
      [
        'SeatGeekConnection=Keyword',
        'HaloInstance=Keyword',
        'ConnectionPhase=Keyword',
        'LastSyncedAt=Datetime',
        'RejectedUsers=Int',
      ],
    );
  });

  it('lets a dev server without a file keep everything in memory and without a UI port stay headless', () => {
    const args = devServerArguments({ port: 1, uiPort: undefined });
    assert.ok(args.includes('--headless') && !args.includes('--db-filename') && !args.includes('--sqlite-pragma'));
  });
});
