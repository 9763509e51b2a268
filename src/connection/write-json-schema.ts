/** `npm run schema`: writes `connection.schema.json` and `docs/settings.md`. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { connectionJsonSchema } from './json-schema.js';
import { settingsPage } from './settings-page.js';

const page = fileURLToPath(new URL('../../docs/settings.md', import.meta.url));

await writeFile(new URL('../../connection.schema.json', import.meta.url), connectionJsonSchema());
await writeFile(page, await format(settingsPage(), { ...(await resolveConfig(page)), filepath: page }));
