/** How Node.js runs a worker in production: with the settings that the bench measures. Linux's allocator reads its own before a program begins. */

/** The last one keeps V8 from compiling half of the program into each of its functions, which takes a second of a short import. */
export const PRODUCTION_FLAGS = [
  '--heap-growing-percent=35',
  '--max-semi-space-size=4',
  '--max-inlined-bytecode-size-cumulative=300',
];

export const PRODUCTION_ENV = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
