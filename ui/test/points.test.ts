import { describe, expect, it } from 'vitest';
import type { Point } from '../src/data/contract';
import { EMPTY, backfill, columns, thin, upsert } from '../src/data/points';

const T0 = 1_795_301_340_000;

function point(second: number, rps = 10, p99 = 20): Point {
  const latency = rps === 0 ? null : { p50: 5, p95: 10, p99, max: 30 };
  return { t: T0 + second * 1_000, users: 5, debt: 0, rps, failures: 0, response_ms: latency, service_ms: latency, arrivals: null };
}

describe('upsert', () => {
  it('replaces a second when a late batch changes it, and keeps the order', () => {
    const first = upsert(EMPTY, [point(0), point(1), point(2)]);
    const second = upsert(first, [point(3), point(1, 99)]);
    expect(second.points.map((p) => [(p.t - T0) / 1_000, p.rps])).toEqual([
      [0, 10],
      [1, 99],
      [2, 10],
      [3, 10],
    ]);
    expect(first.points[1]!.rps).toBe(10);
  });

  it('takes the last of two points for the same second', () => {
    expect(upsert(EMPTY, [point(0, 1), point(0, 2)]).points.map((p) => p.rps)).toEqual([2]);
  });

  it('keeps the same series when nothing changed', () => {
    const series = upsert(EMPTY, [point(0)]);
    expect(upsert(series, [])).toBe(series);
  });

  it('holds a bounded number of points over two days', () => {
    let series = EMPTY;
    for (let s = 0; s < 60 * 3_600; s += 60) {
      series = upsert(series, Array.from({ length: 60 }, (_, i) => point(s + i)));
    }
    expect(series.points.length).toBeLessThan(9_500);
    expect(series.points.at(-1)!.t - series.points[0]!.t).toBeGreaterThan(47 * 3_600_000);
  });
});

describe('thin', () => {
  const hours = { ...EMPTY, points: Array.from({ length: 7_200 }, (_, s) => point(s, s < 10 ? s : 10, s === 5 ? 900 : 20)) };

  it('shows the worst latency and the mean rate of ten seconds, past an hour', () => {
    const first = thin(hours).points[0]!;
    expect(first.width).toBe(10_000);
    expect(first.response_ms!.p99).toBe(900);
    expect(first.rps).toBeCloseTo(4.5);
  });

  it('shows the mean of arrivals and the largest debt', () => {
    const open = hours.points.map((p, s) => ({ ...p, debt: s === 4 ? 70 : 1, arrivals: { intended: s < 10 ? s : 10, started: 3, completed: 2 } }));
    expect(thin({ ...EMPTY, points: open }).points[0]).toMatchObject({ debt: 70, arrivals: { intended: 4.5, started: 3, completed: 2 } });
  });

  it('keeps the mean right when buckets are thinned again', () => {
    const fast = Array.from({ length: 60 * 60 * 8 }, (_, s) => point(s, s % 60 < 5 ? 120 : 0));
    const missing = fast.filter((p) => ((p.t - T0) / 1_000) % 60 < 15);
    const once = thin({ ...EMPTY, points: missing.slice(0, 15 * 60 * 4) });
    const again = thin({ ...once, points: [...once.points, ...missing.slice(15 * 60 * 4)] });
    expect(again.points.find((p) => p.width === 60_000 && p.t > T0)!.rps).toBeCloseTo(40);
  });

  it('keeps the last hour as it was', () => {
    expect(thin(hours).points.slice(-3_600)).toEqual(hours.points.slice(-3_600));
  });

  it('changes nothing the second time', () => {
    const once = thin(hours);
    expect(thin(once).points).toEqual(once.points);
  });

  it('does not let a very late second overwrite its bucket', () => {
    const once = thin(hours);
    expect(upsert(once, [point(3, 1_000_000)]).points).toEqual(once.points);
  });
});

describe('backfill', () => {
  it('puts the older part before, and keeps what is known where both have a second', () => {
    const series = backfill(upsert(EMPTY, [point(2, 7), point(3)]), [point(0), point(1), point(2, 1)]);
    expect(series.points.map((p) => p.rps)).toEqual([10, 10, 7, 10]);
  });
});

describe('columns', () => {
  const rps = (p: Point) => p.rps;
  const p99 = (p: Point) => p.response_ms?.p99 ?? null;

  it('breaks the line where seconds are missing', () => {
    const [x, y] = columns(upsert(EMPTY, [point(0), point(1), point(5)]), 'all', [rps]);
    expect(x!.map((s) => s! - T0 / 1_000)).toEqual([0, 1, 2, 5]);
    expect(y).toEqual([10, 10, null, 10]);
  });

  it('draws zero requests as zero, with a gap in the latencies', () => {
    const [, rate, latency] = columns(upsert(EMPTY, [point(0), point(1, 0), point(2)]), 'all', [rps, p99]);
    expect(rate).toEqual([10, 0, 10]);
    expect(latency).toEqual([20, null, 20]);
  });

  it('draws thinned and raw seconds without a false gap', () => {
    const series = thin({ ...EMPTY, points: Array.from({ length: 30_000 }, (_, s) => point(s)) });
    expect(columns(series, 'all', [rps])[1]).not.toContain(null);
  });

  it('shows only the range asked for', () => {
    const series = upsert(EMPTY, Array.from({ length: 1_000 }, (_, s) => point(s)));
    expect(columns(series, 300, [rps])[0]!.length).toBe(301);
  });
});
