import assert from 'node:assert/strict';
import { changeEffects } from '../../../src/connection/change-effects.js';
import { fileChanges, type FileChange } from '../../../src/connection/file-changes.js';
import { connectionSchema, type ConnectionFile } from '../../../src/connection/schema.js';
import { connectionFile } from './sample-file.js';

function changes(before: ConnectionFile, after: ConnectionFile): FileChange[] {
  return fileChanges(connectionSchema.parse(before), connectionSchema.parse(after));
}

const file = connectionFile();
const withUsers = (users: Partial<ConnectionFile['users']>): ConnectionFile => ({
  ...file,
  users: { ...file.users, ...users },
});
const [first, ...others] = file.users.fieldMappings;
assert.ok(first !== undefined);

describe('the changes between two connection files', () => {
  it('are none when one spells out what the other leaves to the default', () => {
    assert.deepEqual(
      changes(file, { ...file, $schema: 'elsewhere', seatgeek: { ...file.seatgeek, pageSize: 1_000 } }),
      [],
    );
  });

  it('name the place, what was there and what is there now', () => {
    const after = { ...file, integrator: { ...file.integrator, intervalMinutes: 5 } };
    assert.deepEqual(changes(file, after), [{ place: 'integrator.intervalMinutes', before: 15, after: 5 }]);
  });

  it('tell mappings apart by their targets, wherever they stand', () => {
    assert.deepEqual(changes(file, withUsers({ fieldMappings: [...others, first] })), []);
    assert.deepEqual(changes(file, withUsers({ fieldMappings: [...others, { ...first, from: 'nickname' }] })), [
      { place: `users.fieldMappings[${others.length}].from`, before: first.from, after: 'nickname' },
    ]);
  });

  it('name a mapping that came and one that went', () => {
    const added = { from: 'city', to: 'notes' } as const;
    const whole = { when: 'always', blank: 'keep' };
    assert.deepEqual(changes(file, withUsers({ fieldMappings: [...others, added] })), [
      { place: `users.fieldMappings[${others.length}]`, before: null, after: { ...added, ...whole } },
      { place: 'users.fieldMappings[0]', before: { ...whole, ...first }, after: null },
    ]);
  });

  it('show a secret by its name, as the file does', () => {
    const after = { ...file, halo: { ...file.halo, clientSecret: { secret: 'halo-new-secret' } } };
    assert.deepEqual(changes(file, after), [
      { place: 'halo.clientSecret', before: file.halo.clientSecret, after: { secret: 'halo-new-secret' } },
    ]);
  });

  it('show null where a setting came or went', () => {
    const after = { ...file, halo: { ...file.halo, tenant: 'acme' } };
    assert.deepEqual(changes(file, after), [{ place: 'halo.tenant', before: null, after: 'acme' }]);
    assert.deepEqual(changes(after, file), [{ place: 'halo.tenant', before: 'acme', after: null }]);
  });
});

describe('the effects of changes', () => {
  const change = (place: string): FileChange => ({ place, before: null, after: null });

  it('are told once for each kind, with what becomes of people already imported', () => {
    const effects = changeEffects([change('users.fieldMappings[1].from'), change('users.fieldMappings[2]')], false);
    assert.equal(effects.length, 2);
    assert.match(effects[0] ?? '', /already imported keep their values/);
    assert.match(effects[1] ?? '', /Rejected people/);
  });

  it('are told for every setting that there is', () => {
    const everything = connectionSchema.parse({
      ...file,
      halo: { ...file.halo, tenant: 'acme' },
      alerts: { webhook: { secret: 'alerts-x' } },
    });
    const places = Object.entries(everything).flatMap(([section, value]: [string, unknown]) =>
      typeof value !== 'object' || value === null ? [] : Object.keys(value).map((key) => `${section}.${key}`),
    );
    assert.ok(places.length > 20);
    const silent = places.filter(
      (place) => place !== 'integrator.entities' && changeEffects([change(place)], false).length < 2,
    );
    assert.deepEqual(silent, []);
  });

  it('say that nothing changed, and still that history is read again', () => {
    assert.match(changeEffects([], false).join(), /Nothing changed/);
    assert.match(changeEffects([], true)[1] ?? '', /all history is read again/);
  });
});
