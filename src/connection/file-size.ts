/** The largest connection file: it travels in every workflow run, and Temporal refuses larger carried state. */
export const MAX_FILE_BYTES = 256 * 1_024;
