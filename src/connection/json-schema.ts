/** The schema that editors use, generated from the one the program applies. */
import { z } from 'zod';
import { connectionSchema } from './schema.js';

/** The text of `connection.schema.json`: the file as it is written, where defaults may be left out. */
export function connectionJsonSchema(): string {
  const schema = z.toJSONSchema(connectionSchema, { io: 'input' });
  return `${JSON.stringify({ title: 'SeatGeek → Halo connection', ...schema }, null, 2)}\n`;
}
