/** Which packages reach production, and which may run a program when they are installed. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { z } from 'zod';

const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const { packages } = z
  .object({ packages: z.record(z.string(), z.looseObject({ hasInstallScript: z.boolean().optional() })) })
  .parse(JSON.parse(readFileSync('package-lock.json', 'utf8')));

/** Their scripts are not run (.npmrc): two look whether the right binary came along, one prints a note, one is for macOS alone. */
const WITH_SCRIPTS = ['@swc/core', 'esbuild', 'fsevents', 'protobufjs'];

/** Writes the schema and its page, formatted with a package of development. */
const ONLY_IN_A_CHECKOUT = 'connection/write-json-schema.ts';

describe('the packages', () => {
  it('of production are what the program imports, and nothing else', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && file !== ONLY_IN_A_CHECKOUT,
    );
    const imported = files.flatMap((file) =>
      [...readFileSync(`src/${file}`, 'utf8').matchAll(/(?:from|import\() ?'([^'.\s][^'\s]*)'/g)].map(
        ([, name = '']) => name,
      ),
    );
    const named = imported
      .filter((name) => !isBuiltin(name))
      .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? '');
    assert.deepEqual([...new Set(named)].toSorted(), Object.keys(dependencies).toSorted());
  });

  it('with programs to run at installation are known, and none of them is run', () => {
    const found = Object.entries(packages).flatMap(([path, { hasInstallScript }]) =>
      hasInstallScript === true ? [path.replace(/^.*node_modules\//, '')] : [],
    );
    assert.deepEqual(
      [...new Set(found)].filter((name) => !WITH_SCRIPTS.includes(name)),
      [],
    );
    assert.match(readFileSync('.npmrc', 'utf8'), /^ignore-scripts=true$/m);
  });
});
