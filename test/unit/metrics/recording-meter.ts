/** A meter that keeps what was recorded: counters added up, gauges as last set, histograms as a count. */
import { noopMetricMeter, type MetricMeter, type MetricTags } from '@temporalio/common';

export interface RecordingMeter {
  readonly meter: MetricMeter;
  /** By labels in alphabetical order, like `connection=arena,phase=idle`. */
  values(name: string): Readonly<Record<string, number>>;
}

export function recordingMeter(): RecordingMeter {
  const recorded = new Map<string, Record<string, number>>();
  const change = (name: string, tags: MetricTags | undefined, next: (before: number) => number): void => {
    const key = Object.entries(tags ?? {})
      .map(([label, value]) => `${label}=${String(value)}`)
      .sort()
      .join(',');
    const values = recorded.get(name) ?? {};
    recorded.set(name, { ...values, [key]: next(values[key] ?? 0) });
  };
  const meter: MetricMeter = {
    createCounter: (name) => ({
      ...noopMetricMeter.createCounter(name),
      add: (value, tags) => change(name, tags, (before) => before + value),
    }),
    createGauge: (name) => ({
      ...noopMetricMeter.createGauge(name),
      set: (value, tags) => change(name, tags, () => value),
    }),
    createHistogram: (name) => ({
      ...noopMetricMeter.createHistogram(name),
      record: (_, tags) => change(name, tags, (before) => before + 1),
    }),
    withTags: () => meter,
  };
  return { meter, values: (name) => recorded.get(name) ?? {} };
}
