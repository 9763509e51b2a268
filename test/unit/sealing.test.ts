import assert from 'node:assert/strict';
import { createAsking, seal, type Question } from '../../src/sealing.js';

const QUESTION: Question = { namespace: 'default', workflowId: 'connection-arena', update: 'preview', what: 100 };
const ANSWER = { people: [{ name: 'Ada Lovelace', changes: ['x'.repeat(5_000)] }] };

describe('an answer sealed to whoever asks', () => {
  it('opens for the asker of the question', () => {
    const asking = createAsking();
    assert.deepEqual(asking.open(seal(ANSWER, asking.asker, QUESTION), QUESTION), ANSWER);
  });

  it('shows nothing of itself, and not twice the same', () => {
    const { asker } = createAsking();
    const [first, second] = [seal(ANSWER, asker, QUESTION), seal(ANSWER, asker, QUESTION)];
    assert.ok(!JSON.stringify(first).includes('Lovelace'));
    assert.notEqual(first.data, second.data);
    assert.notEqual(first.publicKey, second.publicKey);
  });

  const foreign: [string, Question][] = [
    ['another namespace', { ...QUESTION, namespace: 'other' }],
    ['another workflow', { ...QUESTION, workflowId: 'connection-opera' }],
    ['another update', { ...QUESTION, update: 'trace' }],
    ['other arguments', { ...QUESTION, what: 99 }],
    ['arguments of another type', { ...QUESTION, what: '100' }],
  ];
  for (const [what, question] of foreign) {
    it(`does not open as an answer of ${what}`, () => {
      const asking = createAsking();
      const sealed = seal(ANSWER, asking.asker, question);
      assert.throws(() => asking.open(sealed, QUESTION), { code: 'answer-unopened' });
    });
  }

  it('does not open for another asker, nor for the same one asking again', () => {
    const [first, second] = [createAsking(), createAsking()];
    const sealed = seal(ANSWER, first.asker, QUESTION);
    assert.throws(() => second.open(sealed, QUESTION), { code: 'answer-unopened' });
  });

  it('does not open when a byte was changed, or when it is something else', () => {
    const asking = createAsking();
    const sealed = seal(ANSWER, asking.asker, QUESTION);
    const bytes = Buffer.from(sealed.data, 'base64url');
    for (const at of [0, 20, bytes.length - 1]) {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      const data = changed.toString('base64url');
      assert.throws(() => asking.open({ ...sealed, data }, QUESTION), { code: 'answer-unopened' });
    }
    for (const other of [null, {}, 'text', { ...sealed, version: 1 }, { ...sealed, data: 'AAAA' }, { people: [] }])
      assert.throws(() => asking.open(other, QUESTION), { code: 'answer-unopened' });
  });

  it('is made for a real key only', () => {
    for (const publicKey of ['', 'short', 'A'.repeat(43), '!'.repeat(43)])
      assert.throws(() => seal(ANSWER, { publicKey }, QUESTION), { code: 'asker-unusable' });
  });
});
