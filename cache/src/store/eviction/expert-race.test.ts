import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpertRace } from './expert-race.ts';

const FIRST = 0b001;
const SECOND = 0b010;
const ENTRIES = 100;

/** Reads that these experts hit; the leader after them. */
function after(race: ExpertRace, reads: number, hitBy: (read: number) => number): number {
  for (let read = 0; read < reads; read++) {
    if (race.count(hitBy(read))) race.lead(ENTRIES);
  }
  return race.leader;
}

function begun(experts: number): ExpertRace {
  const race = new ExpertRace(experts);
  race.endRehearsal();
  return race;
}

test('the expert that hits more takes the lead', () => {
  assert.equal(
    after(begun(3), 2048, (read) => (read % 2 === 0 ? SECOND : 0)),
    1,
  );
});

test('experts that hit on half of the reads each do not take turns', () => {
  const race = begun(2);
  let seed = 1;
  for (let epoch = 0; epoch < 200; epoch++) {
    const leader = after(race, 256, () => {
      seed = Math.imul(seed, 1_103_515_245) + 12_345;
      return seed >>> 16 < 655 ? 1 + ((seed >>> 8) & 1) : FIRST | SECOND;
    });
    assert.equal(leader, 0);
  }
});

test('a lead is followed only once it is worth filling a large shadow anew', () => {
  const race = begun(2);
  const epoch = (entries: number): number => {
    for (let read = 0; read < 256; read++) race.count(read < 100 ? SECOND : FIRST | SECOND);
    race.lead(entries);
    return race.leader;
  };
  assert.equal(epoch(5_000), 0);
  assert.equal(epoch(5_000), 1);
});

test('the first expert leads again as soon as it is ahead', () => {
  const race = begun(2);
  assert.equal(
    after(race, 256, (read) => (read < 50 ? SECOND : 0)),
    1,
  );
  assert.equal(
    after(race, 256, (read) => (read < 45 ? FIRST : 0)),
    1,
  );
  assert.equal(
    after(race, 256, (read) => (read < 10 ? FIRST : 0)),
    0,
  );
});

test('an expert that was ahead long ago gives way to the one that is ahead now', () => {
  const race = begun(2);
  after(race, 5_000, () => FIRST);
  assert.equal(
    after(race, 20_000, () => SECOND),
    1,
  );
});

test('a rehearsal wants a clearer lead, and whoever leads at its end goes on to lead', () => {
  const slightly = (read: number): number => (read % 8 === 0 ? SECOND : FIRST | SECOND);
  assert.equal(after(new ExpertRace(2), 256, slightly), 0);
  assert.equal(after(begun(2), 256, slightly), 1);
  const race = new ExpertRace(2);
  assert.equal(after(race, 1024, slightly), 1);
  race.endRehearsal();
  assert.equal(
    after(race, 256, () => 0),
    1,
  );
});

test('a guess gives way to a few hits of another, and what was shown better to many only', () => {
  const race = begun(3);
  race.begin(1, 'guessing');
  assert.equal(
    after(race, 256, (read) => (read < 5 ? FIRST : 0)),
    0,
  );
  assert.equal(
    after(race, 256, (read) => (read < 10 ? SECOND : 0)),
    0,
  );
});

test('what another cache has found gives way to many hits only, also of the first expert', () => {
  const race = begun(3);
  race.begin(1, 'taught');
  assert.equal(
    after(race, 256, (read) => (read < 10 ? FIRST : 0)),
    1,
  );
  assert.equal(
    after(race, 256, (read) => (read < 30 ? FIRST : 0)),
    0,
  );
});
