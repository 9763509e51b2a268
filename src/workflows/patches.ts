/**
 * Changes of the commands that workflow code gives, each behind `patched()` at the very point where the commands differ, so that a history that
 * was recorded before it still replays, and so that a cycle that does not get there records nothing. CONTRIBUTING.md has the rule. The ids are in histories.
 */
import { patched } from '@temporalio/workflow';

/** Runs, signals and imports go on while an update is open; before, everything waited for it. */
export const servesWhileUpdating = (): boolean => patched('serve-while-updating');

/** A connection that waits for nobody but its operator continues as new once a day; before, it had no timer. */
export const renewsParkedDaily = (): boolean => patched('renew-parked-daily');

/** A connection that waits continues as new when the server suggests it; before, only a run did. */
export const renewsWhileWaiting = (): boolean => patched('renew-while-waiting');

/** Signals and `configure` end whatever is awaited; before, `pause` and `clear-cursor` ended the writing of a page and nothing else. */
export const interruptsEverything = (): boolean => patched('interrupt-everything');

/** After an outage connections begin again spread over time. */
export const spreadsAfterOutage = (): boolean => patched('spread-after-outage');

/** A run's steps go to the task queue of the worker that holds its memory; before, to the one that all workers share. */
export const keepsToOneWorker = (): boolean => patched('keep-to-one-worker');

/** An `approve` that comes while the run is counted lets it go on; before, it was forgotten. */
export const heedsEarlyApproval = (): boolean => patched('heed-early-approval');

/** Nothing is retried while the brake holds. */
export const holdsRetries = (): boolean => patched('hold-retries');

/** A page that can't be retried is put off, and the others are tried; before, its error ended the round and was that of the connection. */
export const retriesOtherPages = (): boolean => patched('retry-other-pages');

/** A `pause` stops a sample import for good, whatever came with it. */
export const stopsSamplesForGood = (): boolean => patched('stop-samples-for-good');

/** A sample import that works leaves the error of a run on view. */
export const keepsErrorOfRun = (): boolean => patched('keep-error-of-run');

/** A page whose read-ahead failed is read anew when its turn comes. */
export const readsAheadAgain = (): boolean => patched('read-ahead-again');

/** The settings of the file are read anew when the program knows more of them. */
export const refreshesSettings = (): boolean => patched('refresh-settings');

/** A connection that waits for its operator shows in the list of workflows when it becomes paused, held or expired meanwhile; before, with the next run. */
export const showsOtherPhase = (): boolean => patched('show-other-phase');
