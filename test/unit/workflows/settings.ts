/** What a connection that is imported every 15 minutes knows of its file. */
export const SETTINGS = {
  name: 'arena',
  seatgeekHost: 'ringside.seatgeek.com',
  haloHost: 'acme.halopsa.com',
  pageSize: 1_000,
  integratorEnabled: true,
  intervalMs: 900_000,
};
