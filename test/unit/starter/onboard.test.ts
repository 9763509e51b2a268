import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onboardCommand } from '../../../src/starter/commands/onboard.js';
import { statusCommand } from '../../../src/starter/commands/inspect.js';
import { validateCommand } from '../../../src/starter/commands/validate.js';
import { StarterError } from '../../../src/starter/errors.js';
import { aPerson, aPreview, aRun, aStatus, fakeConnections, recorded } from './builders.js';
import { connectionFile } from '../connection/sample-file.js';

const NO_FLAGS = { preview: false, import100: false, resume: false, yes: false, skipValidate: false, takeOver: false };
const GREEN = { ok: true, lines: [{ check: 'Halo token', ok: true, message: 'granted' }] };
const RED = { ok: false, lines: [{ check: 'Halo token', ok: false, message: 'refused', hint: 'Correct it.' }] };
const sample = aRun({ trigger: 'import-100', events: 100, people: 100 });
const sampled = aStatus({ phase: 'paused', integrator: 'off', lastRun: null, sampleImport: sample });

describe('onboarding', () => {
  let folder = '';
  let path = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'onboard-'));
    path = join(folder, 'arena.json');
    await writeFile(path, JSON.stringify(connectionFile()));
  });

  after(() => rm(folder, { recursive: true }));

  it('validates, starts, imports 100 and switches on by flags', async () => {
    const connections = fakeConnections({ report: GREEN, statuses: [sampled] });
    const { context, stdout, questions } = recorded(connections, { json: true });
    const code = await onboardCommand(context, path, { ...NO_FLAGS, import100: true, resume: true });
    assert.equal(code, 0);
    assert.deepEqual(connections.calls, [
      'validate arena',
      'start arena',
      'import-100 arena',
      'resume arena onboarding',
    ]);
    assert.deepEqual(JSON.parse(stdout()), {
      connection: 'arena',
      workflowId: 'connection-arena',
      validation: GREEN,
      preview: null,
      sampleImport: sample,
      integrator: 'on',
    });
    assert.deepEqual(questions, []);
  });

  it('only starts without flags and without a terminal', async () => {
    const connections = fakeConnections({ report: GREEN });
    const { context, stderr } = recorded(connections);
    assert.equal(await onboardCommand(context, path, { ...NO_FLAGS, skipValidate: true }), 0);
    assert.deepEqual(connections.calls, ['start arena']);
    assert.match(stderr(), /next: npm run starter -- preview arena/);
  });

  it('asks for the preview, the sample import, then for switching on, in a terminal', async () => {
    const connections = fakeConnections({ report: GREEN, statuses: [sampled] });
    const { context, questions, stdout } = recorded(connections, { tty: true, answers: [true, true, false] });
    assert.equal(await onboardCommand(context, path, NO_FLAGS), 0);
    assert.equal(questions.length, 3);
    assert.deepEqual(connections.calls, ['validate arena', 'start arena', 'preview arena 100', 'import-100 arena']);
    assert.match(stdout(), /1 create/);
  });

  it('takes Enter for no when asked to import everybody without a sample', async () => {
    const connections = fakeConnections({ report: GREEN });
    const { context, questions } = recorded(connections, { tty: true, answers: [false, false, null] });
    assert.equal(await onboardCommand(context, path, NO_FLAGS), 0);
    assert.equal(questions.length, 3);
    assert.deepEqual(connections.calls, ['validate arena', 'start arena']);
  });

  it('tries nothing, switches nothing on and exits with 3 when everybody would be rejected', async () => {
    const rejection = { code: 'name-missing', message: 'no name' } as const;
    const nobody = aPreview([aPerson({ outcome: 'rejected', rejection }), aPerson({ outcome: 'rejected', rejection })]);
    const connections = fakeConnections({ report: GREEN, statuses: [sampled], preview: nobody });
    const { context, stderr } = recorded(connections);
    assert.equal(await onboardCommand(context, path, { ...NO_FLAGS, yes: true }), 3);
    assert.deepEqual(connections.calls, ['validate arena', 'start arena', 'preview arena 100']);
    assert.match(stderr(), /next: npm run starter -- configure/);
  });

  it('fails when the preview fails', async () => {
    const down = new StarterError('halo-unavailable', 'Halo is down', 'Wait.');
    const { context } = recorded(fakeConnections({ report: GREEN, preview: down }));
    await assert.rejects(onboardCommand(context, path, { ...NO_FLAGS, preview: true }), { code: 'halo-unavailable' });
  });

  it('takes every question for answered with --yes', async () => {
    const connections = fakeConnections({ report: GREEN, statuses: [sampled] });
    const { context, questions } = recorded(connections, { tty: true });
    await onboardCommand(context, path, { ...NO_FLAGS, yes: true });
    assert.deepEqual(questions, []);
    assert.deepEqual(connections.calls.slice(2), ['preview arena 100', 'import-100 arena', 'resume arena onboarding']);
  });

  it('starts nothing when the check finds something', async () => {
    const connections = fakeConnections({ report: RED });
    const { context, stdout } = recorded(connections);
    assert.equal(await onboardCommand(context, path, { ...NO_FLAGS, yes: true }), 1);
    assert.deepEqual(connections.calls, ['validate arena']);
    assert.match(stdout(), /✘ Halo token: refused/);
  });

  it('does not switch on after a sample import that failed', async () => {
    const failed = { ...sampled, sampleImport: aRun({ trigger: 'import-100', outcome: 'failed' }) };
    const connections = fakeConnections({ report: GREEN, statuses: [failed] });
    const { context } = recorded(connections);
    assert.equal(await onboardCommand(context, path, { ...NO_FLAGS, yes: true }), 1);
    assert.deepEqual(connections.calls.at(-1), 'import-100 arena');
  });

  it('tells of rejected people by its exit code and goes on', async () => {
    const some = { ...sampled, sampleImport: aRun({ trigger: 'import-100', rejected: 2 }) };
    const connections = fakeConnections({ report: GREEN, statuses: [some] });
    const { context } = recorded(connections);
    assert.equal(await onboardCommand(context, path, { ...NO_FLAGS, yes: true }), 3);
    assert.equal(connections.calls.at(-1), 'resume arena onboarding');
  });

  it('needs not switch on what the file switches on', async () => {
    const enabled = join(folder, 'enabled.json');
    await writeFile(enabled, JSON.stringify({ ...connectionFile(), integrator: { enabled: true } }));
    const connections = fakeConnections({ report: GREEN });
    const { context, stderr } = recorded(connections);
    assert.equal(await onboardCommand(context, enabled, { ...NO_FLAGS, resume: true }), 0);
    assert.deepEqual(connections.calls, ['validate arena', 'start arena']);
    assert.match(stderr(), /next: npm run starter -- watch arena/);
  });

  it('refuses a connection that runs before it checks anything', async () => {
    const connections = fakeConnections({ running: true });
    const { context } = recorded(connections);
    await assert.rejects(onboardCommand(context, path, NO_FLAGS), { code: 'connection-exists' });
    assert.deepEqual(connections.calls, []);
  });

  it('validates without starting anything', async () => {
    const connections = fakeConnections({ report: GREEN });
    const { context, stdout } = recorded(connections, { json: true });
    assert.equal(await validateCommand(context, path), 0);
    assert.deepEqual(JSON.parse(stdout()), GREEN);
    assert.deepEqual(connections.calls, ['validate arena']);
    assert.equal(await validateCommand(recorded(fakeConnections({ report: RED })).context, path), 1);
  });

  it('takes the path of a file for the name in it', async () => {
    const { context, stdout } = recorded(fakeConnections(), { json: true });
    assert.equal(await statusCommand(context, path), 0);
    assert.deepEqual(JSON.parse(stdout()), aStatus());
  });
});
