/** What goes on happening at the venue: people move, join and leave. */
import { mayBeDeleted, mayChange, partOf } from './cast.js';
import type { Feed } from './feed.js';
import { sequenceOfChance } from './random.js';

/** Answers a function that adds `count` change events to the feed, each a changed, a new or a deleted person. */
export function createLiveChanges(feed: Feed): (count: number) => void {
  const { seed, people } = feed.population;
  const dice = sequenceOfChance(seed + 1);
  let born = people;
  const update = (person: number): void => {
    feed.push({ person, revision: feed.revision(person) + 1, operation: 'U', sequence: feed.nextSequence() });
  };
  const join = (): void => {
    feed.push({ person: born, revision: 0, operation: 'U', sequence: feed.nextSequence() });
    born += 1;
  };
  const anybody = (fits: (person: number) => boolean): number | undefined => {
    for (let turn = 0; turn < 100; turn += 1) {
      const person = Math.floor(dice() * born);
      if (fits(person)) return person;
    }
    return undefined;
  };
  return (count) => {
    for (let n = 0; n < count; n += 1) {
      const die = dice();
      const leaver = die < 0.05 ? anybody((person) => mayBeDeleted(partOf(person, feed.population))) : undefined;
      const mover = die < 0.75 ? anybody((person) => mayChange(partOf(person, feed.population))) : undefined;
      if (leaver !== undefined) feed.remove(leaver);
      else if (mover !== undefined) update(mover);
      else join();
    }
  };
}
