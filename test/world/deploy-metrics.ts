/** Which metrics the shipped alert rules and dashboards ask for, and which the SDK can show. */
import { readdirSync, readFileSync } from 'node:fs';

const DASHBOARDS = 'deploy/monitoring/dashboards';
const CORE = 'node_modules/@temporalio/core-bridge/sdk-core/crates';

/** Names as they stand on an endpoint. */
export function metricsOfDeploy(): string[] {
  const dashboards = readdirSync(DASHBOARDS).map((file) => `${DASHBOARDS}/${file}`);
  const text = ['deploy/alerts.rules.yml', ...dashboards].map((file) => readFileSync(file, 'utf8')).join('\n');
  // `a_(b|c)_d` stands for two names.
  const spelled = text.replace(/(\w+)\(([a-z_|]+)\)(\w+)/g, (_, before: string, choices: string, after: string) =>
    choices
      .split('|')
      .map((choice) => `${before}${choice}${after}`)
      .join(' '),
  );
  return [...new Set(spelled.match(/\b(seatgeek_halo|temporal)_[a-z0-9_]+/g))].toSorted();
}

/** Whether the SDK's own source names it, without prefix and without the suffixes of a histogram. */
export function isInSdk(metric: string): boolean {
  const name = metric.replace(/^temporal_/, '').replace(/_(bucket|sum|count)$/, '');
  return ['sdk-core/src/telemetry', 'client/src', 'common/src/telemetry'].some((folder) =>
    readFileSync(`${CORE}/${folder}/metrics.rs`, 'utf8').includes(`"${name}"`),
  );
}
