import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkConnection } from '../../../src/connection/check.js';
import { ConfigError } from '../../../src/errors.js';
import { withHalo, type Json } from './sample-file.js';

const SECRET = 'Zx81-QWERTY-very-secret-0123456789';

function textOf(file: unknown): string {
  try {
    checkConnection(file);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return [error.message, error.hint, error.place, error.stack, JSON.stringify(error.cause ?? null)].join('\n');
  }
  return assert.fail('the file passed');
}

describe('credentials in a connection file', () => {
  const wrong: Record<string, Json> = {
    'a secret in clear text': { clientSecret: SECRET },
    'a secret as the name of one': { clientSecret: { secret: SECRET } },
    'a secret under another key': { clientSecret: { value: SECRET } },
    'a secret as a key': { clientSecret: { [SECRET]: true } },
    'a secret in a list': { clientSecret: [SECRET] },
    'a secret in an unknown setting': { password: SECRET },
    'a secret as an unknown setting': { [SECRET]: 'x' },
    'a secret in the address': { url: `https://user:${SECRET}@acme.halopsa.com` },
    'a secret where a number belongs': { writeBatch: SECRET },
  };
  for (const [what, halo] of Object.entries(wrong)) {
    it(`refuses ${what} without repeating it`, () => {
      const text = textOf(withHalo(halo));
      assert.ok(text.includes('halo.'), text);
      assert.ok(!text.includes(SECRET), text);
    });
  }

  it('says that a shown secret has to be changed', () => {
    assert.match(
      textOf(withHalo({ clientSecret: SECRET })),
      /halo\.clientSecret: holds a secret in clear text.*change the secret/,
    );
  });

  for (const name of [
    'a1b2c3d4-e5f6-7890-abcd-ef1234567890',
    'halo-0f9e8d7c6b5a49382716',
    'halo-abcdefghijklmnopqrstuvwxyz',
  ]) {
    it(`takes a name of ${name.length} letters without words for a secret`, () => {
      const text = textOf(withHalo({ clientSecret: { secret: name } }));
      assert.match(text, /halo\.clientSecret\.secret: looks like a secret itself/);
      assert.ok(!text.includes(name));
    });
  }

  for (const name of ['seatgeek-client-secret', 'alerts-webhook'])
    it(`refuses ${name} where a secret of Halo belongs`, () => {
      const text = textOf(withHalo({ clientSecret: { secret: name } }));
      assert.match(text, /halo\.clientSecret\.secret: must begin with halo-/);
    });

  it('tells each problem of a credential once', () => {
    const [message = ''] = textOf(withHalo({ clientId: undefined, clientSecret: SECRET })).split('\nCorrect');
    assert.deepEqual(
      message.split('\n').map((line) => line.split(': ')[0]),
      ['halo.clientId', 'halo.clientSecret'],
    );
  });

  it('never repeats a text that stands in the wrong place', () => {
    const place = fc.constantFrom(
      'clientId',
      'clientSecret',
      'tenant',
      'scope',
      'rateLimit',
      'writeBatch',
      'extra',
      'url',
    );
    const value = fc.constantFrom([SECRET], { secret: SECRET }, { [SECRET]: SECRET }, SECRET);
    fc.assert(
      fc.property(place, value, (key, wrongValue) => {
        try {
          checkConnection(withHalo({ [key]: wrongValue }));
        } catch (error) {
          assert.ok(error instanceof ConfigError);
          assert.ok(!`${error.message} ${error.hint} ${error.place}`.includes(SECRET));
        }
      }),
    );
  });
});
