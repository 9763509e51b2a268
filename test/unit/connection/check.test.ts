import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { checkConnection } from '../../../src/connection/check.js';
import { ConfigError } from '../../../src/errors.js';
import { sampleFile, withHalo, withMappings } from './sample-file.js';

/** The lines `place: what is wrong`. */
function problemsOf(file: unknown): string[] {
  return errorOf(file).message.split('\n');
}

function errorOf(file: unknown): ConfigError {
  try {
    checkConnection(file);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error;
  }
  return assert.fail('the file passed');
}

function placesOf(file: unknown): string[] {
  return problemsOf(file).map((line) => line.slice(0, line.indexOf(': ')));
}

describe('checkConnection', () => {
  it('fills in every default', () => {
    const connection = checkConnection(sampleFile());
    assert.equal(connection.seatgeek.apiUrl, 'https://ringside.seatgeek.com/v1');
    assert.equal(connection.seatgeek.pageSize, 1_000);
    assert.deepEqual(connection.halo.rateLimit, { requests: 300, perSeconds: 300 });
    assert.equal(connection.users.onDelete, 'deactivate');
    assert.deepEqual(connection.users.primaryAddress, {});
    assert.deepEqual(connection.users.fieldMappings[1], {
      from: 'email',
      to: 'emailaddress',
      when: 'always',
      blank: 'keep',
    });
    assert.equal(connection.integrator.intervalMinutes, 15);
  });

  it('accepts the example that is handed out', async () => {
    const file: unknown = JSON.parse(await readFile('connections/example.json', 'utf8'));
    assert.equal(checkConnection(file).name, 'arena');
  });

  it('collects problems of shape and of meaning in one error', () => {
    const file = sampleFile(
      {
        defaultSite: '18',
        fieldMappings: [
          { from: 'a &', to: 'name' },
          { from: 'email', to: 'e-mail' },
        ],
      },
      { name: 'Arena', colour: 'red' },
    );
    const error = errorOf(file);
    assert.equal(error.code, 'config-invalid');
    assert.deepEqual(placesOf(file).sort(), [
      'colour',
      'name',
      'users.defaultSite',
      'users.fieldMappings[0].from',
      'users.fieldMappings[1].to',
    ]);
    assert.equal(error.place, 'name');
    assert.notEqual(error.hint, '');
  });

  it('names an unknown key with its path', () => {
    assert.deepEqual(problemsOf(withMappings({ from: 'a', to: 'notes', wehn: 'create' })), [
      'users.fieldMappings[1].wehn: is not a known setting: did you mean when?',
    ]);
  });

  it('says what is missing, of the wrong type, out of bounds or not on the list', () => {
    const file = sampleFile(
      { defaultSite: undefined, onDelete: 'erase', importPrimaryAddress: 'yes', fieldMappings: [] },
      { integrator: { intervalMinutes: 99_999 } },
    );
    assert.deepEqual(problemsOf(file).sort(), [
      'integrator.intervalMinutes: must be at most 10080',
      'users.defaultSite: is missing',
      'users.fieldMappings: must have at least 1 entry',
      'users.importPrimaryAddress: must be a boolean',
      'users.onDelete: must be one of deactivate, ignore',
    ]);
  });

  for (const [what, file] of Object.entries({
    null: null,
    nothing: undefined,
    text: 'a',
    number: 7,
    list: [sampleFile()],
  })) {
    it(`refuses ${what} as a file`, () => {
      assert.equal(errorOf(file).code, 'config-invalid');
    });
  }

  it('does not list what a missing section lacks', () => {
    assert.deepEqual(placesOf({ name: 'arena', halo: 7 }), ['seatgeek', 'halo', 'users']);
  });

  it('refuses a file above 256 KB', () => {
    const file = sampleFile({}, { $schema: 'x'.repeat(300_000) });
    assert.match(errorOf(file).message, /larger than 256 KB/);
  });

  it('names both places of a double target, whatever the case and kind', () => {
    const file = sampleFile({
      fieldMappings: [
        { from: 'a', to: 'name' },
        { from: 'b', to: 'CFTier' },
        { from: 'c', to: 'name' },
      ],
      staticMappings: [{ to: 'CFTIER', value: 'x' }],
    });
    assert.deepEqual(problemsOf(file), [
      'users.fieldMappings[2].to: has the same target as users.fieldMappings[0].to; keep one of them',
      'users.staticMappings[0].to: has the same target as users.fieldMappings[1].to; keep one of them',
    ]);
  });

  it('refuses a file in which nothing maps to name', () => {
    assert.deepEqual(placesOf(sampleFile({ fieldMappings: [{ from: 'email', to: 'emailaddress' }] })), [
      'users.fieldMappings',
    ]);
  });

  it('says where an expression stops being one', () => {
    assert.deepEqual(problemsOf(withMappings({ from: "first_name +\n 'x", to: 'notes' })), [
      'users.fieldMappings[1].from: is not a usable expression (line 2, column 2): a text is not closed',
    ]);
  });

  it('refuses an unknown function by its name', () => {
    assert.deepEqual(problemsOf(withMappings({ from: 'first_name.uper()', to: 'notes' })), [
      'users.fieldMappings[1].from: is not a usable expression (line 1, column 1): there is no function uper; did you mean upper?',
    ]);
  });

  it('shows an expression in JSONata in CEL', () => {
    assert.deepEqual(problemsOf(withMappings({ from: "first_name & ' ' & last_name", to: 'notes' })), [
      'users.fieldMappings[1].from: is not a usable expression (line 1, column 12): this is JSONata, and expressions are CEL: ' +
        "write first_name + ' ' + last_name",
    ]);
  });

  it('checks the expressions of the address lines', () => {
    assert.deepEqual(placesOf(sampleFile({ primaryAddress: { line1: '(a' } })), ['users.primaryAddress.line1']);
  });

  for (const address of [
    'http://acme.halopsa.com',
    'https://user:pw@acme.halopsa.com',
    'https://acme.halopsa.com/?x=1',
    'ftp://x',
    'acme',
  ]) {
    it(`refuses the Halo address ${address}`, () => {
      assert.deepEqual(placesOf(withHalo({ url: address })), ['halo.url']);
    });
  }

  it('refuses an address that is longer than any, before it is taken apart', () => {
    const long = `https://acme.halopsa.com${'/'.repeat(20_000)}x`;
    const secrets = { clientId: { secret: 'seatgeek-client-id' }, clientSecret: { secret: 'seatgeek-client-secret' } };
    const seatgeek = { ...secrets, apiUrl: long, tokenUrl: long };
    assert.deepEqual(placesOf(withHalo({ url: long })), ['halo.url']);
    assert.deepEqual(placesOf(sampleFile({}, { seatgeek })), ['seatgeek.apiUrl', 'seatgeek.tokenUrl']);
  });

  it('takes http on loopback', () => {
    const local = withHalo({ url: 'http://127.0.0.1:8080' });
    assert.equal(checkConnection(local).halo.url, 'http://127.0.0.1:8080');
  });

  describe('static values', () => {
    const fits: [string, unknown][] = [
      ['inactive', false],
      ['telpref', 2],
      ['notes', 'from SeatGeek'],
      ['notes', null],
      ['date_of_birth', '2000-01-31'],
      ['CFAnything', 12.5],
    ];
    for (const [to, value] of fits) {
      it(`takes ${JSON.stringify(value)} for ${to}`, () => {
        assert.equal(checkConnection(sampleFile({ staticMappings: [{ to, value }] })).users.staticMappings.length, 1);
      });
    }

    const misfits: [string, unknown][] = [
      ['inactive', 'maybe'],
      ['inactive', null],
      ['telpref', 2.5],
      ['notes', 7],
      ['date_of_birth', '31.01.2000'],
    ];
    for (const [to, value] of misfits) {
      it(`refuses ${JSON.stringify(value)} for ${to}`, () => {
        assert.deepEqual(placesOf(sampleFile({ staticMappings: [{ to, value }] })), ['users.staticMappings[0].value']);
      });
    }
  });
});
