/** What is wrong with a list of users that can't be read to its end. */
import { DriftError, TransientError } from '../../errors.js';

/** The same page again and again. */
export function circular(seen: number, total: number): DriftError {
  return new DriftError(
    'halo-paging-stuck',
    `Halo serves the same ${seen} users page after page and says there are ${total}.`,
    'Try again later; if it stays, report it with the version of Halo.',
  );
}

/** The list ends before everybody was seen. */
export function tooFew(seen: number, total: number): DriftError {
  return new DriftError(
    'halo-list-incomplete',
    `Halo says that it has ${total} users and shows ${seen} of them.`,
    "Check in Halo that the API application's agent may see all customers and sites; whoever is not shown would be created a second time.",
  );
}

/** Rows move faster than they can be read. */
export function unsteady(): TransientError {
  return new TransientError('halo-list-unsteady', 'Users are being deleted in Halo while they are listed.', {
    hint: 'It is tried again by itself. If it stays, wait until the clean-up in Halo is done.',
  });
}
