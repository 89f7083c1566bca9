import type { Completeness, ErrorGroup, Message, Point, Pool, ProbeRow, Row, Test, Totals, Worker } from './contract';
import { EMPTY, backfill, upsert, type Series } from './points';

/** What the page knows of the cluster. */
export interface Live {
  /** Sequence number of the last message taken, or null before the first snapshot of a connection. */
  readonly seq: number | null;
  readonly test: Test | null;
  readonly totals: Totals | null;
  readonly rows: readonly Row[];
  readonly workers: readonly Worker[];
  readonly pools: readonly Pool[];
  readonly probes: readonly ProbeRow[];
  readonly errors: readonly ErrorGroup[];
  readonly completeness: Completeness | null;
  readonly series: Series;
}

export const NOTHING: Live = {
  seq: null,
  test: null,
  totals: null,
  rows: [],
  workers: [],
  pools: [],
  probes: [],
  errors: [],
  completeness: null,
  series: EMPTY,
};

/** `gap` means: the message does not follow what is known; only a new connection's snapshot helps. */
export type Taken = { readonly gap: false; readonly live: Live } | { readonly gap: true };

export function take(live: Live, message: Message): Taken {
  if (message.type === 'tick' && (live.seq === null || message.seq !== live.seq + 1)) return { gap: true };
  const sameRun = (live.test?.run?.run_id ?? null) === (message.test.run?.run_id ?? null);
  return {
    gap: false,
    live: {
      seq: message.seq,
      test: message.test,
      totals: message.totals,
      rows: message.rows,
      workers: message.workers,
      pools: message.pools,
      probes: message.probes,
      errors: message.errors,
      completeness: message.completeness,
      series: upsert(sameRun ? live.series : EMPTY, message.points),
    },
  };
}

/** Older seconds of a run, fetched apart; dropped if the run is no longer the one shown. */
export function takeHistory(live: Live, runId: string, points: readonly Point[]): Live {
  if (live.test?.run?.run_id !== runId) return live;
  return { ...live, series: backfill(live.series, points) };
}
