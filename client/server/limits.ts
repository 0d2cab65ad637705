/** A token bucket for each person: so many calls at once, so many a minute on average. */

export interface RateLimiter {
  /** 0 where the call may go on, else the seconds after which it may. */
  take(who: string): number;
}

interface Bucket {
  tokens: number;
  at: number;
}

/** People that are remembered; beyond them the longest unseen is forgotten, whose bucket is nearly full anyway. */
const MOST_PEOPLE = 10_000;

/** `perMinute` 0 limits nothing. `now` in milliseconds. */
export function createRateLimiter(perMinute: number, burst: number, now: () => number): RateLimiter {
  if (perMinute === 0) return { take: () => 0 };
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / 60_000;
  return {
    take(who) {
      const at = now();
      const bucket = buckets.get(who) ?? { tokens: burst, at };
      bucket.tokens = Math.min(burst, bucket.tokens + (at - bucket.at) * perMs);
      bucket.at = at;
      // The order of a Map is that of insertion: whoever comes is put last.
      buckets.delete(who);
      buckets.set(who, bucket);
      if (buckets.size > MOST_PEOPLE) buckets.delete(buckets.keys().next().value as string);
      if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
      bucket.tokens -= 1;
      return 0;
    },
  };
}
