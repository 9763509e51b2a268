/** Temporal's core in this process: where it logs, and the Prometheus endpoint that serves its metrics together with ours. */
import type { Logger } from '@temporalio/common';
import { makeTelemetryFilterString, Runtime, type MetricsExporterConfig } from '@temporalio/worker';
import { METRICS, type MetricDefinition } from '../metrics/catalog.js';
import { createMetrics, type Metrics } from '../metrics/metrics.js';
import type { ListenAddress } from './listen-address.js';
import { listenFailure } from './listen-failure.js';

/** Once per process, before anything else of Temporal's. Throws ConfigError `listen-failed` when the address can't be listened on. */
export function installRuntime(logger: Logger, metricsAddress: ListenAddress | undefined): Metrics {
  if (metricsAddress === undefined) {
    Runtime.install({ logger, telemetryOptions: { logging: LOGGING } });
    return createMetrics();
  }
  try {
    const telemetryOptions = { logging: LOGGING, metrics: prometheus(metricsAddress) };
    const runtime = Runtime.install({ logger, telemetryOptions });
    return createMetrics(runtime.metricMeter);
  } catch (error) {
    throw listenFailure('METRICS_ADDRESS', metricsAddress.text, error);
  }
}

/** Core's own lines, too, go through the logger, as JSON. */
const LOGGING = {
  filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }),
  forward: {},
};

function prometheus({ text }: ListenAddress): MetricsExporterConfig {
  const definitions: readonly MetricDefinition[] = Object.values(METRICS);
  return {
    prometheus: {
      bindAddress: text,
      histogramBucketOverrides: Object.fromEntries(
        definitions.flatMap(({ name, buckets }) => (buckets === undefined ? [] : [[name, [...buckets]]])),
      ),
    },
  };
}
