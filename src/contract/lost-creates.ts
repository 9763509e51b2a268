/** How long a create whose answer was lost may be under way: what a worker may set (`LOST_CREATE_SECONDS`), and what a connection believes. */
export const LONGEST_SETTLING_MS = 600_000;
