import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/errors.js';
import { readWorkerSettings } from '../../../src/worker/settings.js';

describe('the addresses a worker listens on', () => {
  it('are none by default, and none when blank', () => {
    for (const env of [{}, { HEALTH_ADDRESS: '', METRICS_ADDRESS: ' ' }]) {
      const { healthAddress, metricsAddress } = readWorkerSettings(env);
      assert.deepEqual([healthAddress, metricsAddress], [undefined, undefined]);
    }
  });

  const right: Record<string, [string, number]> = {
    '127.0.0.1:8080': ['127.0.0.1', 8080],
    '0.0.0.0:1': ['0.0.0.0', 1],
    'localhost:65535': ['127.0.0.1', 65_535],
    '[::]:9464': ['::', 9464],
    '[::1]:9464': ['::1', 9464],
  };
  for (const [text, [host, port]] of Object.entries(right))
    it(`may be ${text}`, () => {
      const { healthAddress } = readWorkerSettings({ HEALTH_ADDRESS: text });
      assert.deepEqual([healthAddress?.host, healthAddress?.port], [host, port]);
    });

  for (const text of [
    '8080',
    ':8080',
    '127.0.0.1',
    '127.0.0.1:0',
    '127.0.0.1:65536',
    'my-host:80',
    '::1:80',
    '[::1]',
    '1.2.3:80',
    'http://127.0.0.1:80',
  ])
    for (const variable of ['HEALTH_ADDRESS', 'METRICS_ADDRESS'])
      it(`of ${variable} are refused as ${text}`, () =>
        assert.throws(
          () => readWorkerSettings({ [variable]: text }),
          (error) =>
            error instanceof ConfigError &&
            error.code === 'setting-invalid' &&
            error.place === variable &&
            /must be an IP address and a port/.test(error.message),
        ));
});

describe('the build of a worker', () => {
  it('has a deployment and a build, or is none', () => {
    assert.equal(readWorkerSettings({ TEMPORAL_DEPLOYMENT_NAME: '' }).version, undefined);
    assert.deepEqual(readWorkerSettings({ TEMPORAL_DEPLOYMENT_NAME: 'halo', TEMPORAL_WORKER_BUILD_ID: 'v1' }).version, {
      deploymentName: 'halo',
      buildId: 'v1',
    });
  });

  for (const env of [
    { TEMPORAL_DEPLOYMENT_NAME: 'halo' },
    { TEMPORAL_WORKER_BUILD_ID: 'v1' },
    { TEMPORAL_DEPLOYMENT_NAME: 'a:b', TEMPORAL_WORKER_BUILD_ID: 'v1' },
  ])
    it(`is refused as ${JSON.stringify(env)}, and the variable is named`, () => {
      assert.throws(
        () => readWorkerSettings(env),
        (error) => error instanceof ConfigError && /TEMPORAL_/.test(error.message) && error.code === 'setting-invalid',
      );
    });
});
