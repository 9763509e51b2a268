/** `npm run schema`: writes `connection.schema.json`. */
import { writeFile } from 'node:fs/promises';
import { connectionJsonSchema } from './json-schema.js';

await writeFile(new URL('../../connection.schema.json', import.meta.url), connectionJsonSchema());
