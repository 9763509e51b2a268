import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Codes given to errors as literal texts. */
const GIVEN =
  /new (?:BrakeError|ConfigError|CredentialsRefusedError|CursorExpiredError|DriftError|TransientError|PageNotHadError|PageError|Outage|StarterError|UsageError)\(\s*'([a-z-]+)'/g;

function codesInSource(): Set<string> {
  const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
  const sources = files
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'));
  return new Set(sources.flatMap((source) => [...source.matchAll(GIVEN)].map(([, code]) => code ?? '')));
}

function codesInDocs(): Set<string> {
  const page = readFileSync(path.join(ROOT, 'docs/error-codes.md'), 'utf8');
  const cells = page.split('\n').flatMap((line) => /^\| (`[^|]*)\|/.exec(line)?.[1] ?? []);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code ?? '')));
}

describe('the page of error codes', () => {
  it('explains every code that an error is given', () => {
    const explained = codesInDocs();
    assert.ok(codesInSource().size > 20);
    assert.deepEqual(
      [...codesInSource()].filter((code) => !explained.has(code)),
      [],
    );
  });

  it('explains no code that nothing gives', () => {
    const files = readdirSync(path.join(ROOT, 'src'), { recursive: true, encoding: 'utf8' });
    const source = files
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(ROOT, 'src', file), 'utf8'))
      .join('\n');
    assert.deepEqual(
      [...codesInDocs()].filter((code) => !source.includes(`'${code}'`)),
      [],
    );
  });
});
