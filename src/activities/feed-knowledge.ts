/** What matching is told of the feed: by the survey, and by what the connection carries of earlier runs. Pure. */
import type { FeedKnowledge } from '../halo/types.js';
import { foldId } from '../contract/person-key.js';
import type { Survey } from '../seatgeek/survey.js';
import type { EmailClaim, RejectedRef } from './types.js';

interface Known {
  readonly people: Survey;
  /** People rejected so far who claim a Halo user's e-mail address along with others. */
  readonly claims?: readonly EmailClaim[] | undefined;
  readonly deactivated?: { has: (seatgeekId: string) => boolean };
}

/** The survey answers for what it has read; `claims` and `deactivated` for everybody before it. */
export function feedKnowledge({ people, claims = [], deactivated }: Known): FeedKnowledge {
  const claimed = claimsById(claims);
  const claimants = claimantsByUser(claimed);
  return {
    isEmailShared: (email) => people.isEmailShared(email),
    isClaimedByOthers: ({ seatgeekId, email, userId }) => {
      const own = foldId(seatgeekId);
      const isUnknownMeant = [0, userId].includes(claimed.get(own) ?? NaN);
      const isClaimed = (claim: number): boolean =>
        claimants.get(claim)?.some((id) => id !== own && !people.hasLeft(id, email)) === true;
      return isClaimed(userId) || (isUnknownMeant && isClaimed(0));
    },
    wasDeactivated: (seatgeekId) => deactivated?.has(seatgeekId) === true,
  };
}

/** Who can't be mapped still claims the user whose e-mail address is in its row, so that nobody takes it meanwhile. */
export function withClaim(rejection: RejectedRef, { people, claims = [] }: Known): RejectedRef {
  const { seatgeekId } = rejection;
  const claim = claimsById(claims).get(foldId(seatgeekId)) ?? (people.sharesEmail(seatgeekId) ? 0 : undefined);
  return claim === undefined ? rejection : { ...rejection, claims: claim };
}

/** By what they claim. */
function claimantsByUser(claimed: ReadonlyMap<string, number>): ReadonlyMap<number, readonly string[]> {
  const claimants = new Map<number, string[]>();
  for (const [id, claim] of claimed) {
    const others = claimants.get(claim);
    if (others === undefined) claimants.set(claim, [id]);
    else others.push(id);
  }
  return claimants;
}

function claimsById(claims: readonly EmailClaim[]): ReadonlyMap<string, number> {
  return new Map(claims.map(([seatgeekId, userId]) => [foldId(seatgeekId), userId]));
}
