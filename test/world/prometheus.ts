/** Reads a Prometheus endpoint. */
import { setTimeout as pauseFor } from 'node:timers/promises';

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export async function readMetrics(address: string): Promise<{ text: string; samples: Sample[] }> {
  const response = await fetch(`http://${address}/metrics`);
  const text = await response.text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return { text, samples: lines.map(parseLine) };
}

/** Asks until the samples are as wanted. Never gives up by itself. */
export async function untilMetrics(
  address: string,
  isWanted: (samples: readonly Sample[]) => boolean,
): Promise<{ text: string; samples: Sample[] }> {
  for (;;) {
    const read = await readMetrics(address).catch(() => null);
    if (read !== null && isWanted(read.samples)) return read;
    await pauseFor(200);
  }
}

/** The sum over all series of that name whose labels are among others these. */
export function sum(samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}): number {
  return samples
    .filter((sample) => sample.name === name)
    .filter((sample) => Object.entries(labels).every(([label, value]) => sample.labels[label] === value))
    .reduce((total, { value }) => total + value, 0);
}

function parseLine(line: string): Sample {
  const [, name = '', labels = '', value = ''] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/.exec(line) ?? [];
  return {
    name,
    labels: Object.fromEntries(
      [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', text = '']) => [label, text]),
    ),
    value: Number(value),
  };
}
