import assert from 'node:assert/strict';
import { createMetrics, type ConnectionView } from '../../../src/metrics/metrics.js';
import { showAll } from '../../../src/worker/connection-gauges.js';
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
});
