import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { assertOwnId, insideWorkflows } from '../../../src/activities/identity.js';

const guarded = insideWorkflows({ step: () => Promise.resolve('done') });

function inWorkflow(workflowType: string, workflowId = 'connection-arena'): MockActivityEnvironment {
  return new MockActivityEnvironment({ workflowType, workflowExecution: { workflowId, runId: 'run' } });
}

describe('who may run an activity', () => {
  for (const type of ['connection', 'validate', 'discover'])
    it(`is the workflow ${type}`, async () => {
      assert.equal(await inWorkflow(type).run(guarded.step), 'done');
    });

  for (const type of ['someone-elses', 'Connection', ''])
    it(`is not a workflow of the type '${type}'`, async () => {
      await assert.rejects(inWorkflow(type).run(guarded.step), (error) => {
        assert.ok(error instanceof ApplicationFailure);
        assert.deepEqual([error.type, error.nonRetryable], ['not-a-connection', true]);
        return true;
      });
    });

  it('hands over everything that it was asked, as one attempt', async () => {
    const heard: unknown[] = [];
    const step = (...args: unknown[]): Promise<unknown> => Promise.resolve(heard.push(...args));
    const fence = {
      attempt: <T>(work: () => Promise<T>): Promise<T> => {
        heard.push('attempt');
        return work();
      },
    };
    await inWorkflow('discover').run(insideWorkflows({ step }, fence).step, 'endpoints', { site: 'Gate' });
    assert.deepEqual(heard, ['attempt', 'endpoints', { site: 'Gate' }]);
  });

  it('is a connection under the id of its name, and no other', async () => {
    const named = (name: string) => (): Promise<void> => Promise.resolve().then(() => assertOwnId(name));
    await inWorkflow('connection').run(named('arena'));
    await inWorkflow('validate', 'validate-arena').run(named('arena'));
    await assert.rejects(
      inWorkflow('connection', 'connection-stadium').run(named('arena')),
      /name: the workflow id must be connection-arena/,
    );
  });
});
