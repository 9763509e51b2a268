/**
 * The published package `ms` that the Temporal SDK uses for its `Duration` type has no types under `module: nodenext`, so that
 * `sleep('fifteen bananas')` would compile. This gives durations back their check (`test/unit/temporal/duration.test.ts`).
 */
declare module 'ms' {
  type Unit =
    | 'ms'
    | 'millisecond'
    | 'milliseconds'
    | 's'
    | 'second'
    | 'seconds'
    | 'm'
    | 'minute'
    | 'minutes'
    | 'h'
    | 'hour'
    | 'hours'
    | 'd'
    | 'day'
    | 'days';
  export type StringValue = `${number}` | `${number}${Unit}` | `${number} ${Unit}`;
}
