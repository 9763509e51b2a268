/** Dates as Halo writes them. Pure. */
const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Epoch milliseconds; undefined for a text that is no date. Halo answers dates with a time; without a zone they are taken for UTC. */
export function instantOf(text: string): number | undefined {
  if (!DATE.test(text)) return undefined;
  return Date.parse(text.includes('T') && !/Z|[+-]\d{2}:/.test(text) ? `${text}Z` : text);
}
