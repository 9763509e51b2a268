/** Dates as Halo writes them. Pure. */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch milliseconds; undefined for a text that is no date. Halo answers dates with a time; without a zone they are taken for UTC. */
export function instantOf(text: string): number | undefined {
  // `Date` would take the 30th of February for the 2nd of March.
  if (!DATE.test(text) || new Date(text.slice(0, 10)).getUTCDate() !== Number(text.slice(8, 10))) return undefined;
  const instant = Date.parse(text.includes('T') && !/Z|[+-]\d{2}:/.test(text) ? `${text}Z` : text);
  return Number.isNaN(instant) ? undefined : instant;
}
