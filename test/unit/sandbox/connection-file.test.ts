import assert from 'node:assert/strict';
import { connectionSchema } from '../../../src/connection/schema.js';
import { sandboxConnection, sandboxSecrets } from '../../../src/sandbox/connection-file.js';
import { openSandbox } from './talk.js';

describe('sandbox connection file', () => {
  it('is one that the program takes, off to begin with', async () => {
    const sandbox = await openSandbox();
    const connection = connectionSchema.parse(sandboxConnection(sandbox));
    assert.deepEqual([connection.name, connection.integrator.enabled], ['arena', false]);
    assert.deepEqual([connection.seatgeek.apiUrl, connection.halo.url], [sandbox.seatgeek.apiUrl, sandbox.halo.url]);
    assert.deepEqual([connection.users.defaultSite, connection.users.seatgeekIdField], [18, 'CFSeatGeekID']);
  });

  it('follows the dialect where the file must', async () => {
    const sandbox = await openSandbox({ seatgeek: { idColumn: 'client_id' }, halo: { tenant: 'required' } });
    const { seatgeek, halo } = connectionSchema.parse(sandboxConnection(sandbox));
    assert.deepEqual([seatgeek.columns, halo.tenant], [{ id: 'client_id', email: 'email' }, 'sandbox']);
  });

  it('lets parts be replaced one level deep', async () => {
    const file = sandboxConnection(await openSandbox(), 'rink', {
      integrator: { intervalMinutes: 1 },
      users: { defaultSite: 19 },
    });
    const { name, integrator, users } = connectionSchema.parse(file);
    assert.deepEqual([name, integrator.enabled, integrator.intervalMinutes, users.defaultSite], ['rink', false, 1, 19]);
    assert.equal(users.seatgeekIdField, 'CFSeatGeekID');
  });

  it('names the variables of the secrets after the connection', async () => {
    const secrets = sandboxSecrets(await openSandbox(), 'ice-rink');
    assert.deepEqual(Object.keys(secrets), [
      'ICE_RINK_SEATGEEK_CLIENT_ID',
      'ICE_RINK_SEATGEEK_CLIENT_SECRET',
      'ICE_RINK_HALO_CLIENT_ID',
      'ICE_RINK_HALO_CLIENT_SECRET',
    ]);
  });
});
