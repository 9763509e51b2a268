import assert from 'node:assert/strict';
import { ConnectionContexts } from '../../../src/activities/connection-contexts.js';
import { checkConnection } from '../../../src/connection/check.js';
import { givesRights, parseAllowedFields, targetProblem } from '../../../src/connection/targets.js';
import { USER_FIELDS } from '../../../src/halo/fields/user-fields.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import { createSecrets } from '../../../src/connection/secrets.js';
import { sampleFile } from './sample-file.js';

const NONE = parseAllowedFields('');

describe('fields that give rights or identity', () => {
  for (const to of [
    ...['login', 'samaccountname', 'azureoid', 'oktaid', 'activedirectory_dn', 'linked_agent_id', 'web_access_level'],
    ...['useadlogin', 'isserviceaccount', 'delegation_user_id', 'delegation_end', 'ispoapprover', 'cancreateuser'],
    ...['emailconfirmed', 'LOGIN', 'azure_id', 'okta_id', 'role_list', 'memberof', 'viewallcleared', 'linked_user_id'],
  ]) {
    it(`are refused unless the worker allows them: ${to}`, () => {
      assert.match(targetProblem(to, undefined, NONE) ?? '', /ALLOWED_FIELDS/);
      assert.doesNotMatch(
        targetProblem(to, undefined, parseAllowedFields(`other, ${to}`.slice(7))) ?? '',
        /ALLOWED_FIELDS/,
      );
    });
  }

  it('are all that sound like it among the fields of Halo', () => {
    const sounds =
      /login|azure|okta|directory|_dn$|^ad|agent_id|access|deleg|approver|^can[a-z]|^allowview|confirmed|role|service_?account/;
    const safe = new Set(['canaccess']);
    const left = USER_FIELDS.filter(
      (to) => sounds.test(to) && targetProblem(to, undefined, NONE) === undefined && !safe.has(to),
    );
    assert.deepEqual(left, []);
  });

  it('are no passwords: those are never allowed', () => {
    for (const field of ['new_password', 'resetpassword', 'encmethod', 'locked']) {
      assert.equal(givesRights(field), false);
      assert.match(targetProblem(field, undefined, NONE) ?? '', /must not be written/);
      assert.throws(() => parseAllowedFields(`login,${field}`), { code: 'setting-invalid', message: /entry 2/ });
    }
  });

  it('are refused by the worker, in mappings and static mappings, with the place', () => {
    const file = sampleFile({
      fieldMappings: [
        { from: 'first_name', to: 'name' },
        { from: 'nick', to: 'azureoid' },
      ],
      staticMappings: [{ to: 'web_access_level', value: 3 }],
    });
    assert.throws(() => checkConnection(file, { allowedFields: NONE }), {
      code: 'config-invalid',
      message: /^users\.fieldMappings\[1\]\.to: gives rights.*\nusers\.staticMappings\[0\]\.to: gives rights[^\n]*$/,
    });
    const allowedFields = parseAllowedFields('AzureOID, web_access_level');
    assert.doesNotThrow(() => checkConnection(file, { allowedFields }));
    const contexts = (fields?: typeof allowedFields): ConnectionContexts =>
      new ConnectionContexts({
        http: { request: () => Promise.reject(new Error('nobody is asked')), close: () => Promise.resolve() },
        secrets: createSecrets({ env: {} }),
        allowedHosts: parseAllowedHosts(''),
        ...(fields !== undefined && { allowedFields: fields }),
      });
    assert.throws(() => contexts().open(file), { code: 'config-invalid' });
    assert.doesNotThrow(() => contexts(allowedFields).open(file));
  });
});

const CREDENTIALS = {
  clientId: { secret: 'seatgeek-client-id' },
  clientSecret: { secret: 'seatgeek-client-secret' },
};

describe('the column of the SeatGeek ID', () => {
  const problem = (id: string, users = {}, email = 'email'): string | undefined => {
    try {
      checkConnection(sampleFile(users, { seatgeek: { ...CREDENTIALS, columns: { id, email } } }));
      return undefined;
    } catch (error) {
      return String(error);
    }
  };

  for (const column of [
    ...[
      'phone',
      'mobile_phone',
      'HomePhone',
      'phone1',
      'birthday',
      'date_of_birth',
      'dob',
      'last_name',
      'LastName',
      'name',
    ],
    ...[
      'surname',
      'email_address',
      '"email_2"',
      'e_mail',
      'postal_code',
      'city',
      'address_line_1',
      'ssn',
      'Primary E-Mail',
    ],
  ]) {
    it(`must not be personal: ${column}`, () => assert.match(problem(column) ?? '', /seatgeek\.columns\.id: /));
  }

  for (const column of [
    'id',
    'client_id',
    'clientGuid',
    'client_code',
    'account_number',
    'external_ref',
    'address_id',
    '"user"',
  ]) {
    it(`may be ${column}`, () => assert.equal(problem(column), undefined));
  }

  it('must not be the e-mail column, nor what is mapped to a personal field', () => {
    assert.match(problem('contact', {}, 'contact') ?? '', /is the e-mail column/);
    const fieldMappings = [
      { from: 'first_name', to: 'name' },
      { from: '"contact"', to: 'phonenumber' },
    ];
    assert.match(problem('contact', { fieldMappings }) ?? '', /is mapped to phonenumber/);
  });
});
