import assert from 'node:assert/strict';
import { idFieldProblem, targetProblem } from '../../../src/connection/targets.js';

const ID_FIELD = 'CFSeatGeekID';

describe('targetProblem', () => {
  for (const to of ['name', 'emailaddress', 'email2', 'middle_name', 'inactive', 'date_of_birth', 'CFLoyaltyTier']) {
    it(`lets a mapping write ${to}`, () => {
      assert.equal(targetProblem(to, ID_FIELD), undefined);
    });
  }

  for (const to of [
    'id',
    'site_id',
    'SITE_ID',
    'client_id',
    '_isimport',
    'customfields',
    'addresses',
    'primary_address',
    'new_password',
  ]) {
    it(`keeps ${to} from mappings`, () => {
      assert.notEqual(targetProblem(to, ID_FIELD), undefined);
    });
  }

  it('keeps the field of the SeatGeek ID from mappings, in any case', () => {
    assert.match(targetProblem('cfseatgeekid', ID_FIELD) ?? '', /SeatGeek ID/);
    assert.match(targetProblem('other2', 'other2') ?? '', /SeatGeek ID/);
  });

  const suggestions: [string, string][] = [
    ['email', 'emailaddress'],
    ['EmailAddress', 'emailaddress'],
    ['emial', 'emailaddress'],
    ['firstName', 'firstname'],
    ['last_name', 'surname'],
    ['emailadress', 'emailaddress'],
    ['mobilenumbr', 'mobilenumber'],
    ['other6', 'other1'],
  ];
  for (const [to, suggestion] of suggestions) {
    it(`suggests ${suggestion} for ${to}`, () => {
      assert.ok(targetProblem(to, ID_FIELD)?.endsWith(`did you mean ${suggestion}?`), targetProblem(to, ID_FIELD));
    });
  }

  it('suggests nothing that is far away', () => {
    assert.match(targetProblem('favourite_team_of_all_time', ID_FIELD) ?? '', /custom fields begin with CF$/);
  });

  it('never suggests a field that must not be written', () => {
    assert.doesNotMatch(targetProblem('site_idd', ID_FIELD) ?? '', /mean site_id/);
  });
});

describe('idFieldProblem', () => {
  for (const field of ['CFSeatGeekID', 'other1', 'other5']) {
    it(`takes ${field}`, () => assert.equal(idFieldProblem(field), undefined));
  }
  for (const field of ['other6', 'other0', 'notes', 'CF', 'seatgeekid', 'CF with spaces']) {
    it(`refuses ${field}`, () => assert.notEqual(idFieldProblem(field), undefined));
  }
});
