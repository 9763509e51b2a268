/** `npm run -s payload-key [-- id]`: prints a fresh entry for `PAYLOAD_KEYS`, named after the month unless a name is given. */
import { isKeyId, newPayloadKey } from './payload-keys.js';

const [id = new Date().toISOString().slice(0, 7), ...more] = process.argv.slice(2);

if (more.length > 0 || !isKeyId(id)) {
  process.stderr.write(
    'npm run -s payload-key [-- id]\n\nThe id is 1 to 40 letters, digits, dots, hyphens or underscores; without one it is the month.\n',
  );
  process.exitCode = 2;
} else {
  process.stdout.write(`${newPayloadKey(id)}\n`);
}
