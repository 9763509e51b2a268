/**
 * What a Halo was seen to do with arrays of users (`reference/halo.md` 3.5, 8.1: not documented). Learnt from answers and from reading
 * back, once per process and instance. Nothing here is needed to be right: a wrong habit costs requests, never a person.
 */
export interface ArrayHabits {
  /** Most users that one array may hold. 1: Halo takes, or heeds, only one. */
  limit: number;
  /** The answer to an array of new users was held against the newest users and was true. */
  isCreateAnswerTrusted: boolean;
  /** The answer to an array of updates was held against a user's details and was true. */
  isUpdateAnswerTrusted: boolean;
  /** False: the answer does not tell whose update was done, so that each goes in a request of its own. */
  takesManyUpdates: boolean;
  /** A refused array left nothing behind though its first user was fine; else those before the bad one may be there. */
  refusesWhole: boolean;
}

export function createArrayHabits(): ArrayHabits {
  return {
    limit: Infinity,
    isCreateAnswerTrusted: false,
    isUpdateAnswerTrusted: false,
    takesManyUpdates: true,
    refusesWhole: false,
  };
}

/** What became of the parts of an array that was cut up. */
export interface Parts {
  /** Size of the largest array that was written whole. */
  readonly largest: number;
  /** People whom Halo refused when they stood alone. */
  readonly refused: number;
}

export const NO_PARTS: Parts = { largest: 0, refused: 0 };

export function addParts(a: Parts, b: Parts): Parts {
  return { largest: Math.max(a.largest, b.largest), refused: a.refused + b.refused };
}

/** An array was refused and nobody in it was bad: it was too long. */
export function learnLimit(habits: ArrayHabits, { largest, refused }: Parts): void {
  if (refused === 0 && largest > 0) habits.limit = Math.min(habits.limit, largest);
}
