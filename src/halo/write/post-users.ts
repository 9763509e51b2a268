/** One `POST /Users` and what became of it, as a value rather than an exception. */
import type { CallOptions, HaloClient } from '../api/client.js';
import type { HiddenValue } from '../api/error-text.js';
import { ForbiddenError, HaloRefusalError, LostAnswerError } from '../api/errors.js';
import type { WireUser } from '../api/wire.js';
import { hiddenValues } from '../plan/payload.js';
import { answeredUsers } from './named-users.js';
import type { PlannedWrite } from './writer.js';

/**
 * `refused`: Halo will not do all of it. `blocked`: forbidden (403), by Halo or by what stands before it. `lost`: Halo may or may not have
 * done it. `failed`: it was surely not done, whoever is in it.
 */
export type PostResult =
  | { readonly kind: 'accepted'; readonly answer: readonly WireUser[] }
  | { readonly kind: 'refused'; readonly error: HaloRefusalError }
  | { readonly kind: 'blocked'; readonly error: ForbiddenError }
  | { readonly kind: 'lost'; readonly error: LostAnswerError }
  | { readonly kind: 'failed'; readonly error: unknown };

/** `reference/halo.md` 3.5: always an array, also of one. Never throws. */
export async function postUsers(
  client: HaloClient,
  writes: readonly PlannedWrite[],
  call: CallOptions,
): Promise<PostResult> {
  const body = writes.map(({ payload }) => payload);
  const hide = (): HiddenValue[] => writes.flatMap(({ person }) => hiddenValues(person));
  try {
    return { kind: 'accepted', answer: answeredUsers(await client.post('/Users', body, { ...call, hide })) };
  } catch (error) {
    if (error instanceof HaloRefusalError) return { kind: 'refused', error };
    if (error instanceof ForbiddenError) return { kind: 'blocked', error };
    if (error instanceof LostAnswerError) return { kind: 'lost', error };
    return { kind: 'failed', error };
  }
}
