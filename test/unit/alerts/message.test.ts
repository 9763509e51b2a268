import assert from 'node:assert/strict';
import { webhookBody, type StateChange } from '../../../src/alerts/message.js';

const FAILING: StateChange = {
  phase: 'failing',
  before: null,
  code: 'halo-unreachable',
  message: "Halo can't be reached.",
  hint: 'It is tried again by itself.',
  at: '2026-11-23T14:15:02Z',
};
const RECOVERED: StateChange = { ...FAILING, phase: 'idle', before: 'failing', code: null, message: null, hint: null };

describe('the message to a webhook', () => {
  it('holds one text to show, and every fact by itself', () => {
    assert.deepEqual(webhookBody('arena', 'acme.halopsa.com', FAILING), {
      text: "arena → acme.halopsa.com is failing. halo-unreachable: Halo can't be reached. It is tried again by itself.",
      connection: 'arena',
      halo: 'acme.halopsa.com',
      phase: 'failing',
      before: null,
      code: 'halo-unreachable',
      message: "Halo can't be reached.",
      hint: 'It is tried again by itself.',
      at: '2026-11-23T14:15:02Z',
    });
  });

  it('says what a recovered connection was', () => {
    assert.equal(
      webhookBody('arena', 'acme.halopsa.com', RECOVERED).text,
      'arena → acme.halopsa.com works again. It was failing.',
    );
  });

  it('calls nobody by Slack markup in an error text, and is bounded', () => {
    const { text } = webhookBody('arena', 'h', { ...FAILING, message: `<!channel> ${'x'.repeat(5_000)}` });
    assert.doesNotMatch(text, /[<>]/);
    assert.equal(text.length, 1_000);
  });

  for (const phase of ['held', 'cursor-expired'] as const)
    it(`has a sentence for ${phase}`, () =>
      assert.match(webhookBody('arena', 'h', { ...FAILING, phase }).text, /^arena → h (is held|has stopped)/));
});
