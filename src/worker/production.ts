/** How Node.js runs a worker in production: with the settings that the bench measures. Linux's allocator reads its own before a program begins. */

export const PRODUCTION_FLAGS = ['--heap-growing-percent=35', '--max-semi-space-size=4'];

export const PRODUCTION_ENV = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_TRIM_THRESHOLD_: '131072',
};
