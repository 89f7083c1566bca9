import type { Point, PointLatency } from './contract';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Past `age`, points are kept in buckets of `width`; the last tier is dropped past `KEPT`. */
const TIERS = [
  { age: HOUR, width: 10 * SECOND },
  { age: 6 * HOUR, width: 60 * SECOND },
] as const;
const KEPT = 48 * HOUR;

/** How often, at most, the old end is thinned: not each second, for it copies. */
const THIN_EVERY = 60;

/** One second, or after an hour the bucket of `width` ms that begins at `t`. */
export interface Sample extends Point {
  readonly width?: number;
  /** How many seconds of the bucket were measured. */
  readonly seconds?: number;
}

/** The seconds of one run, ascending by `t`, each `t` once. Immutable: the charts compare by identity. */
export interface Series {
  readonly points: readonly Sample[];
  /** Points older than this are thinned: the mean rate and the worst latencies of their bucket. */
  readonly thinnedBefore: number | null;
  readonly sinceThinned: number;
}

export const EMPTY: Series = { points: [], thinnedBefore: null, sinceThinned: 0 };

/** Puts the changed seconds in, replacing by `t`: a late batch changes a second already shown. */
export function upsert(series: Series, changed: readonly Point[]): Series {
  if (changed.length === 0) return series;
  const fresh = changed.filter((p) => series.thinnedBefore === null || p.t >= series.thinnedBefore);
  const merged = merge(series.points, fresh);
  const sinceThinned = series.sinceThinned + 1;
  const next = { points: merged, thinnedBefore: series.thinnedBefore, sinceThinned };
  return sinceThinned >= THIN_EVERY || merged.length > series.points.length + THIN_EVERY ? thin(next) : next;
}

/** Puts the part of a run before the first known second in front of it. */
export function backfill(series: Series, history: readonly Point[]): Series {
  const first = series.points[0];
  const older = first === undefined ? history : history.filter((p) => p.t < first.t);
  return thin({ points: [...merge([], older), ...series.points], thinnedBefore: series.thinnedBefore, sinceThinned: 0 });
}

function merge(base: readonly Sample[], over: readonly Sample[]): Sample[] {
  const added = over.toSorted((a, b) => a.t - b.t);
  const first = added[0];
  if (first === undefined) return [...base];
  const from = lowerBound(base, first.t);
  const result = base.slice(0, from);
  let b = from;
  for (let a = 0; a < added.length; a++) {
    const point = added[a]!;
    if (added[a + 1]?.t === point.t) continue;
    while (b < base.length && base[b]!.t < point.t) result.push(base[b++]!);
    if (base[b]?.t === point.t) b++;
    result.push(point);
  }
  while (b < base.length) result.push(base[b++]!);
  return result;
}

/** The first index whose point is not before `t`. */
export function lowerBound(points: readonly Point[], t: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (points[middle]!.t < t) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function thin(series: Series): Series {
  const last = series.points.at(-1);
  if (last === undefined) return series;
  // A bucket is made when all of it is old enough, so that no second joins it later.
  const widthOf = (t: number): number => {
    let width = 0;
    for (const tier of TIERS) {
      const end = (Math.floor(t / tier.width) + 1) * tier.width;
      if (last.t - end > tier.age) width = tier.width;
    }
    return width;
  };
  const result: Sample[] = [];
  let bucket: Sample[] = [];
  let bucketStart = -1;
  let bucketWidth = 0;
  const flush = () => {
    if (bucket.length > 0) result.push(worst(bucket, bucketStart, bucketWidth));
    bucket = [];
  };
  let thinnedBefore = series.thinnedBefore;
  for (const point of series.points) {
    if (last.t - point.t > KEPT) continue;
    const width = widthOf(point.t);
    if (width === 0) {
      flush();
      result.push(point);
      continue;
    }
    const start = Math.floor(point.t / width) * width;
    if (start !== bucketStart || width !== bucketWidth) flush();
    bucketStart = start;
    bucketWidth = width;
    bucket.push(point);
    thinnedBefore = Math.max(thinnedBefore ?? 0, start + width);
  }
  flush();
  return { points: result, thinnedBefore, sinceThinned: 0 };
}

/** Percentiles do not average, so a bucket shows the worst of its seconds, and its largest debt; rates do, so it shows their mean. */
function worst(bucket: readonly Sample[], t: number, width: number): Sample {
  const seconds = bucket.reduce((sum, p) => sum + (p.seconds ?? 1), 0);
  const mean = (of: (p: Point) => number) => bucket.reduce((sum, p) => sum + of(p) * (p.seconds ?? 1), 0) / seconds;
  return {
    t,
    width,
    seconds,
    users: bucket.at(-1)!.users,
    debt: Math.max(...bucket.map((p) => p.debt)),
    rps: mean((p) => p.rps),
    failures: mean((p) => p.failures),
    response_ms: worstLatency(bucket.map((p) => p.response_ms)),
    service_ms: worstLatency(bucket.map((p) => p.service_ms)),
    arrivals: bucket.every((p) => p.arrivals === null)
      ? null
      : { intended: mean((p) => p.arrivals?.intended ?? 0), started: mean((p) => p.arrivals?.started ?? 0), completed: mean((p) => p.arrivals?.completed ?? 0) },
  };
}

function worstLatency(all: readonly (PointLatency | null)[]): PointLatency | null {
  const some = all.filter((l) => l !== null);
  if (some.length === 0) return null;
  const most = (key: keyof PointLatency) =>
    some.reduce<number | null>((m, l) => (l[key] === null ? m : Math.max(m ?? l[key], l[key])), null);
  return { p50: most('p50'), p95: most('p95'), p99: most('p99'), max: most('max') };
}

export type Range = 300 | 900 | 3600 | 'all';

/** Columns for a chart: x in seconds, a null row where the cluster reported nothing. */
export function columns(
  series: Series,
  range: Range,
  pick: readonly ((p: Point) => number | null)[],
): (number | null)[][] {
  const { points } = series;
  const last = points.at(-1);
  const result: (number | null)[][] = [[], ...pick.map(() => [])];
  if (last === undefined) return result;
  const from = range === 'all' ? 0 : lowerBound(points, last.t - range * SECOND);
  let previous: Sample | undefined;
  for (let i = from; i < points.length; i++) {
    const point = points[i]!;
    if (previous !== undefined) {
      const width = previous.width ?? SECOND;
      if (point.t - previous.t > width * 1.5) {
        result[0]!.push((previous.t + width) / SECOND);
        for (let c = 0; c < pick.length; c++) result[c + 1]!.push(null);
      }
    }
    result[0]!.push(point.t / SECOND);
    for (let c = 0; c < pick.length; c++) result[c + 1]!.push(pick[c]!(point));
    previous = point;
  }
  return result;
}
