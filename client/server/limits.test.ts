import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRateLimiter } from './limits.ts';

test('a burst at once, then one after each share of a minute', () => {
  let now = 0;
  const limiter = createRateLimiter(60, 3, () => now);
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limiter.take('ann')),
    [0, 0, 0, 1],
  );
  assert.equal(limiter.take('bob'), 0, 'others are not held up');
  now = 999;
  assert.equal(limiter.take('ann'), 1);
  now = 1000;
  assert.deepEqual([limiter.take('ann'), limiter.take('ann')], [0, 1]);
  now = 3_600_000;
  assert.deepEqual(
    [1, 2, 3, 4].map(() => limiter.take('ann')),
    [0, 0, 0, 1],
  );
});

test('whoever waits as long as told may go on', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: 50 }), (perMinute, burst) => {
      let now = 0;
      const limiter = createRateLimiter(perMinute, burst, () => now);
      for (let call = 0; call < burst; call += 1) assert.equal(limiter.take('ann'), 0);
      const wait = limiter.take('ann');
      assert.ok(wait >= 1 && Number.isInteger(wait));
      now += wait * 1000;
      assert.equal(limiter.take('ann'), 0);
    }),
  );
});

test('no more go through than the burst and the average allow, whenever they come', () => {
  const pauses = fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6000 }),
      fc.integer({ min: 1, max: 20 }),
      pauses,
      (perMinute, burst, waits) => {
        let now = 0;
        const limiter = createRateLimiter(perMinute, burst, () => now);
        let taken = 0;
        for (const wait of waits) {
          now += wait;
          if (limiter.take('ann') === 0) taken += 1;
        }
        assert.ok(taken <= burst + (now * perMinute) / 60_000 + 1e-6);
      },
    ),
  );
});

test('0 limits nothing', () => {
  const limiter = createRateLimiter(0, 1, () => 0);
  assert.ok(Array.from({ length: 1000 }, () => limiter.take('ann')).every((wait) => wait === 0));
});

test('of very many people the longest unseen is forgotten, never one who comes again and again', () => {
  const limiter = createRateLimiter(1, 1, () => 0);
  assert.equal(limiter.take('ann'), 0);
  for (let person = 0; person < 20_000; person += 1) {
    limiter.take(`p${person}`);
    if (person % 1000 === 0) assert.ok(limiter.take('ann') > 0);
  }
  assert.equal(limiter.take('p0'), 0, 'the first of them is forgotten');
});
