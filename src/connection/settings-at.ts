/** Which settings a section of the connection file knows. */
import { z } from 'zod';
import { connectionSchema } from './schema.js';

interface Section {
  readonly properties?: Readonly<Record<string, Section>>;
  readonly items?: Section;
}

let root: Section | undefined;

/** The names of the settings at a path of the file; none where there is no section. */
export function settingsAt(path: readonly PropertyKey[]): string[] {
  root ??= z.toJSONSchema(connectionSchema, { io: 'input' }) as Section;
  const section = path.reduce<Section | undefined>(
    (at, key) => (typeof key === 'number' ? at?.items : at?.properties?.[String(key)]),
    root,
  );
  return Object.keys(section?.properties ?? {});
}
