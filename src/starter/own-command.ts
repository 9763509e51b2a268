/** How the program was started, so that what it tells people to type works for them: from a checkout, from npx, or installed. */
const isCheckout = import.meta.url.endsWith('.ts');
const npx = process.env['npm_lifecycle_event'] === 'npx' ? 'npx ' : '';

/** Goes before a command of the starter. */
export const STARTER = isCheckout ? 'npm run starter --' : `${npx}seatgeek-halo`;

/** Starts a worker. */
export const WORKER = isCheckout ? 'npm run worker' : `${npx}seatgeek-halo-worker`;
