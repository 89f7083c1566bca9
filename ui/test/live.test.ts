import { describe, expect, it } from 'vitest';
import type { Message, Point, Test } from '../src/data/contract';
import { backOff } from '../src/data/feed';
import { NOTHING, take, takeHistory, type Live } from '../src/data/live';

const point = (t: number): Point => ({ t, users: 1, debt: 0, rps: 1, failures: 0, response_ms: null, service_ms: null, arrivals: null });

function message(type: 'snapshot' | 'tick', seq: number, runId: string | null, ts: number[]): Message {
  const run = runId === null ? null : { run_id: runId };
  return {
    type,
    seq,
    test: { state: 'RUNNING', run } as unknown as Test,
    totals: {} as Message['totals'],
    rows: [],
    workers: [],
    pools: [],
    probes: [],
    errors: [],
    points: ts.map(point),
    completeness: { batches: 0, missing_batches: 0, duplicates: 0, ratio: 1 },
  };
}

function after(...messages: Message[]): Live {
  return messages.reduce((live, m) => {
    const taken = take(live, m);
    if (taken.gap) throw new Error(`unexpected gap at ${m.seq}`);
    return taken.live;
  }, NOTHING);
}

const ts = (live: Live) => live.series.points.map((p) => p.t);

describe('take', () => {
  it('starts from a snapshot with any sequence number and follows its ticks', () => {
    const live = after(message('snapshot', 41, 'a', [1_000]), message('tick', 42, 'a', [2_000]));
    expect(live.seq).toBe(42);
    expect(ts(live)).toEqual([1_000, 2_000]);
  });

  it('reports a gap in the sequence', () => {
    const live = after(message('snapshot', 41, 'a', []));
    expect(take(live, message('tick', 43, 'a', [])).gap).toBe(true);
    expect(take(live, message('tick', 41, 'a', [])).gap).toBe(true);
  });

  it('does not take a tick before a snapshot', () => {
    expect(take(NOTHING, message('tick', 1, 'a', [])).gap).toBe(true);
  });

  it('forgets the points of the run before', () => {
    const live = after(message('snapshot', 1, 'a', [1_000, 2_000]), message('tick', 2, 'b', [3_000]));
    expect(ts(live)).toEqual([3_000]);
  });

  it('keeps older points of the same run over a reconnection', () => {
    const live = after(message('snapshot', 1, 'a', [1_000, 2_000]), message('snapshot', 90, 'a', [2_000, 3_000]));
    expect(ts(live)).toEqual([1_000, 2_000, 3_000]);
  });

  it('drops a history that arrives after the run has changed', () => {
    const live = after(message('snapshot', 1, 'b', [3_000]));
    expect(ts(takeHistory(live, 'a', [point(1_000)]))).toEqual([3_000]);
    expect(ts(takeHistory(live, 'b', [point(1_000)]))).toEqual([1_000, 3_000]);
  });
});

describe('backOff', () => {
  it('doubles up to a bound and never goes to zero', () => {
    expect([0, 1, 2, 3].map((n) => backOff(n, 1))).toEqual([500, 1_000, 2_000, 4_000]);
    expect(backOff(50, 1)).toBe(15_000);
    expect(backOff(0, 0)).toBe(250);
  });
});
