import assert from 'node:assert/strict';
import type { Client } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { createMetrics, type ConnectionView } from '../../../src/metrics/metrics.js';
import { ConnectionPhase, SeatGeekConnection } from '../../../src/temporal/search-attributes.js';
import { showAll, startConnectionGauges, viewOf } from '../../../src/worker/connection-gauges.js';
import { createLogger } from '../../../src/worker/logger.js';
import { recordingMeter } from '../metrics/recording-meter.js';

const view = (connection: string, phase: ConnectionView['phase'], rejected = 0): ConnectionView => ({
  connection,
  phase,
  rejected,
});

describe('the gauges of connections', () => {
  it('are 1 for the phase that a connection is in and 0 for the others', () => {
    const meter = recordingMeter();
    showAll([view('arena', 'held', 3)], new Set(), createMetrics(meter.meter));
    const phases = meter.values('seatgeek_halo_phase');
    assert.equal(Object.keys(phases).length, 6);
    assert.deepEqual(
      Object.entries(phases).filter(([, value]) => value !== 0),
      [['connection=arena,phase=held', 1]],
    );
    assert.deepEqual(meter.values('seatgeek_halo_rejected_people'), { 'connection=arena': 3 });
  });

  it('are 0 for a connection that is gone, once', () => {
    const meter = recordingMeter();
    const metrics = createMetrics(meter.meter);
    const first = showAll([view('arena', 'failing', 3), view('north', 'idle')], new Set(), metrics);
    const second = showAll([view('north', 'idle')], first, metrics);
    assert.deepEqual([...second], ['north']);
    assert.equal(meter.values('seatgeek_halo_phase')['connection=arena,phase=failing'], 0);
    assert.equal(meter.values('seatgeek_halo_rejected_people')['connection=arena'], 0);
    assert.equal(meter.values('seatgeek_halo_phase')['connection=north,phase=idle'], 1);
  });

  it('are of workflows under the id of their connection only', () => {
    const attributes = new TypedSearchAttributes([
      { key: SeatGeekConnection, value: 'arena' },
      { key: ConnectionPhase, value: 'failing' },
    ]);
    const shown = (workflowId: string): unknown => viewOf({ workflowId, typedSearchAttributes: attributes });
    assert.deepEqual(shown('connection-arena'), view('arena', 'failing'));
    for (const id of ['arena', 'connection-stadium', 'connection-arena-2']) assert.equal(shown(id), undefined, id);
    assert.equal(
      viewOf({ workflowId: 'connection-arena', typedSearchAttributes: new TypedSearchAttributes() }),
      undefined,
    );
  });

  it('are of our task queue only', async () => {
    const asked = new Promise<string>((resolve) => {
      const list = ({ query }: { query: string }): readonly never[] => {
        resolve(query);
        return [];
      };
      const client = { workflow: { list } } as unknown as Client;
      startConnectionGauges(client, createMetrics(recordingMeter().meter), createLogger('error')).stop();
    });
    assert.match(await asked, /TaskQueue = "seatgeek-halo" AND ExecutionStatus = "Running"/);
  });
});
