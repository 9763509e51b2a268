/** What `configure` would change, and what it did. Pure. */
import type { ConfigureAnswer } from '../../activities/answers.js';
import type { FileChange } from '../../connection/file-changes.js';
import { clean } from '../text.js';
import { plural } from './run.js';

export function differenceLines(changes: readonly FileChange[]): string[] {
  if (changes.length === 0) return ['The file says what the running connection does already.'];
  return changes.map(({ place, before, after }) => `${clean(place)}: ${valueText(before)} → ${valueText(after)}`);
}

export function configuredLines(connection: string, { changes, effects }: ConfigureAnswer): string[] {
  return [
    changes.length === 0
      ? `${connection}: nothing has changed`
      : `${connection}: changed in ${plural(changes.length, 'place')}`,
    ...changes.map((change) => `  ${differenceLines([change]).join('')}`),
    ...effects.map((effect) => `  → ${clean(effect)}`),
  ];
}

function valueText(value: unknown): string {
  return value === null ? '(nothing)' : clean(JSON.stringify(value));
}
