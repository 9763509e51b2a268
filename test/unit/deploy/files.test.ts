/** What several files of `deploy` say must be one thing. `npm run lint:deploy` holds each of them to its own rules. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { SEARCH_ATTRIBUTES } from '../../../src/temporal/search-attributes.js';
import { readWorkerSettings } from '../../../src/worker/settings.js';

const read = (file: string): string => readFileSync(file, 'utf8');
const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        environment: z.record(z.string(), z.string()).default({}),
        stop_grace_period: z.string().optional(),
        ports: z.array(z.string()).default([]),
        volumes: z.array(z.string()).default([]),
        read_only: z.boolean().default(false),
      }),
    ),
  })
  .parse(parse(read('deploy/compose.yaml'), { merge: true }));

const container = z.object({
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
});
const pod = z
  .object({
    spec: z.object({
      template: z.object({
        spec: z.object({ terminationGracePeriodSeconds: z.number(), containers: z.tuple([container]) }),
      }),
    }),
  })
  .parse(parseAllDocuments(read('deploy/kubernetes/base/worker.yaml'))[0]?.toJS()).spec.template.spec;
const podSettings = z
  .object({ data: z.record(z.string(), z.string()) })
  .parse(parse(read('deploy/kubernetes/base/settings.yaml'))).data;
const podEnv: Record<string, string> = {
  ...podSettings,
  ...Object.fromEntries(pod.containers[0].env.map(({ name, value }) => [name, value])),
};
const unit = read('deploy/systemd/seatgeek-halo-worker.service');

describe('the files of deploy', () => {
  it('give every variable of the compose file a line in .env.example, and no other', () => {
    const used = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name);
    const told = [...read('deploy/.env.example').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    assert.deepEqual(told.toSorted(), [...new Set(used)].toSorted());
  });

  it('show in .env.example the default that the compose file has', () => {
    const defaults = new Map(
      [...read('deploy/compose.yaml').matchAll(/\$\{(\w+):-([^}]*)\}/g)].map(([, name, value]) => [name, value]),
    );
    for (const [, name, value] of read('deploy/.env.example').matchAll(/^#([A-Z_]+)=(.+)$/gm)) {
      const isExample = name === 'SEATGEEK_HALO_IMAGE' || name === 'TEMPORAL_UI_CODEC_ENDPOINT';
      if (!isExample) assert.equal(value, defaults.get(name), name);
    }
  });

  it('leave a worker more time to end than it takes for itself', () => {
    const { worker } = compose.services;
    const grace = [
      [worker?.stop_grace_period?.replace('s', ''), worker?.environment['SHUTDOWN_FORCE_SECONDS']],
      [pod.terminationGracePeriodSeconds, podEnv['SHUTDOWN_FORCE_SECONDS']],
      [/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1], /SHUTDOWN_FORCE_SECONDS=(\d+)/.exec(unit)?.[1]],
    ];
    for (const [given, taken] of grace) assert.ok(Number(given) >= Number(taken) + 10, `${given} for ${taken}`);
  });

  it('give workers settings that they accept, and probes the port where they answer', () => {
    assert.equal(readWorkerSettings(podEnv).healthAddress?.port, pod.containers[0].ports[0]?.containerPort);
    assert.equal(readWorkerSettings(podEnv).metricsAddress?.port, pod.containers[0].ports[1]?.containerPort);
    const { worker } = compose.services;
    const given = Object.entries(worker?.environment ?? {}).map(([name, value]): [string, string] => [
      name,
      plain(value),
    ]);
    assert.equal(readWorkerSettings(Object.fromEntries(given)).metricsAddress?.port, 9464);
  });

  it('give whoever looks for secrets the folder of them', () => {
    for (const [name, { environment, volumes }] of Object.entries(compose.services)) {
      const folder = environment['SECRETS_DIR'];
      if (folder !== undefined)
        assert.ok(
          volumes.some((volume) => volume.endsWith(`:${folder}:ro`)),
          name,
        );
    }
  });

  it('publish nothing beyond this machine, and let our programs write nowhere', () => {
    for (const [name, { ports, image, read_only: isReadOnly }] of Object.entries(compose.services)) {
      for (const port of ports) assert.match(port, /^127\.0\.0\.1:/, name);
      if (image.includes('SEATGEEK_HALO_IMAGE')) assert.ok(isReadOnly, name);
    }
    assert.deepEqual(compose.services['postgresql']?.ports, []);
  });

  it('register the search attributes that the program uses', () => {
    const said = /^attributes='(.*)'$/m.exec(read('deploy/temporal/namespace.sh'))?.[1]?.split(' ');
    const cased = (type: string): string => type.charAt(0) + type.slice(1).toLowerCase();
    assert.deepEqual(
      said,
      SEARCH_ATTRIBUTES.map(({ name, type }) => `${name}=${cased(type)}`),
    );
  });

  it('run the version of this package', () => {
    const { version } = z.object({ version: z.string() }).parse(JSON.parse(read('package.json')));
    assert.equal(pod.containers[0].image, `seatgeek-halo:${version}`);
  });
});

/** What the compose file means where nothing is set. */
function plain(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}
