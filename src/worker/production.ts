/** How Node.js runs a worker in production: with the settings that the bench measures. Linux's allocator reads its own before a program begins. */

/** The last two keep V8 from compiling what a short import runs a few times only, and half of the program into each of its functions: that takes a second. */
export const PRODUCTION_FLAGS = [
  '--heap-growing-percent=45',
  '--max-semi-space-size=4',
  '--interrupt-budget=264000',
  '--max-inlined-bytecode-size-cumulative=300',
];

export const PRODUCTION_ENV = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
