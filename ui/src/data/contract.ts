/** The shapes of the orchestrator's API (docs/api.md). */

export type RunState = 'IDLE' | 'PREPARING' | 'RUNNING' | 'STOPPING';

/** Arrivals of the open model: `unstarted` wait, or never started in a run that has ended; of the `missing` nobody has told. */
export interface Arrivals {
  intended: number;
  started: number;
  completed: number;
  unstarted: number;
  missing: number;
}

/** Whether the numbers can be believed; `final` is false while the run goes on. */
export interface Verdict {
  level: 'VALID' | 'SUSPECT' | 'INVALID';
  final?: boolean;
  reasons: { code: string; level: 'SUSPECT' | 'INVALID'; text: string }[];
}

export interface LostWorker {
  id: string;
  at: number;
}

/** What a run may not do, whatever its load and its scenario ask for. */
export interface Safety {
  allowed_hosts: string[];
  max_users: number | null;
  max_rps: number | null;
  dead_man_s: number;
}

export interface Run {
  run_id: string;
  started_at: number;
  ended_at: number | null;
  elapsed_s: number;
  target_users: number;
  active_users: number;
  model?: 'users' | 'rate';
  target_rate?: number | null;
  max_users?: number | null;
  arrivals?: Arrivals | null;
  params: Record<string, unknown>;
  duration_s: number | null;
  ends_at: number | null;
  stop_reason: string | null;
  /** Users that ended because their own code threw outside a step. */
  failed_users?: { count: number; reasons: { in: string; code: string; message: string; count: number }[] };
  verdict?: Verdict;
  lost_workers?: LostWorker[];
  safety?: Safety;
  prepare: { workers_ready: number; workers: number; resources_ready: number; resources: number; resources_failed: number } | null;
}

export interface Test {
  state: RunState;
  epoch: number;
  cluster: string;
  now: number;
  scenario: { name: string; digest: string; source: string } | null;
  run: Run | null;
  last_error: string | null;
}

/** Latencies of one series, in ms; null where nothing was measured. */
export interface Latency {
  mean: number | null;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  max: number | null;
}

export type Clock = 'response' | 'service';

export interface Recent {
  count: number;
  failures: number;
  rps: number;
  response_ms: Latency | null;
  service_ms: Latency | null;
}

/** One part of the time of requests: means and maxima of those that went through it. */
export interface Phase {
  phase: 'blocked' | 'dns' | 'connect' | 'tls' | 'send' | 'wait' | 'receive';
  count: number;
  mean_ms: number;
  max_ms: number;
  share: number;
}

export interface Totals extends Recent {
  /** Where the service time went; runs kept by an older orchestrator have none. */
  phases?: Phase[];
  codes: Record<string, number>;
  bytes_sent: number;
  bytes_received: number;
  recent: Recent | null;
}

export type Kind = 'REQUEST' | 'STEP' | 'FLOW' | 'CUSTOM' | 'LIFECYCLE' | 'WAIT';

export interface Row extends Totals {
  kind: Kind;
  /** Where it was measured; empty or null outside a step. */
  step: string | null;
  name: string;
}

export interface PointLatency {
  p50: number | null;
  p95: number | null;
  p99: number | null;
  max: number | null;
}

/** One second of the whole cluster. */
export interface Point {
  t: number;
  users: number;
  /** Arrivals that waited at its end; 0 in the closed model. */
  debt: number;
  rps: number;
  failures: number;
  response_ms: PointLatency | null;
  service_ms: PointLatency | null;
  /** Arrivals in that second; null in the closed model. */
  arrivals: { intended: number; started: number; completed: number } | null;
}

export interface Worker {
  id: string;
  phase: string;
  /** Whether it is in the cluster and can work. */
  healthy: boolean;
  /** Whether what it measures can be believed: healthy, lagging or saturated. */
  health: string;
  health_reasons: string[];
  host: string;
  pid: number;
  engine: string;
  capacity: number;
  assigned_users: number;
  active_users: number;
  failed_users: number;
  lease_ms: number;
  last_seen_at: number;
  cpu: number;
  rss_bytes: number;
  heap_bytes: number;
  gc_pause_ms: number;
  loop_utilisation: number;
  loop_lag_p99_ms: number;
  clock_offset_ms: number;
  rps: number;
  warning: string | null;
  error: string | null;
}

export interface Pool {
  pool: string;
  created: number;
  available: number;
  leased: number;
  quarantined: number;
  waiting: number;
  granted: number;
  reclaimed: number;
  /** Of the last order: still to be made, failed, all, made. */
  pending: number;
  failed: number;
  ordered: number;
  made: number;
  wait_p95_ms: number | null;
  /** Waits that ran out of time. */
  exhausted: number;
}

export const ITEM_STATES = ['AVAILABLE', 'LEASED', 'QUARANTINED', 'PENDING', 'FAILED'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

export interface Item {
  id: string;
  state: ItemState;
  value: unknown;
  holder: { run_id: string; worker: string; user: number } | null;
  reason: string | null;
  since: number | null;
  lease: number | null;
}

export interface ItemPage {
  pool: string;
  items: Item[];
  next: number | null;
}

export type ProbeType = 'number' | 'boolean' | 'duration';

/** One call of a probe: `values` are empty where it failed or returns nothing. */
export interface ProbePoint {
  t: number;
  ok: boolean;
  ms: number;
  values: Record<string, number>;
  error?: string;
}

export interface ProbeRow {
  name: string;
  every: string | null;
  timeout: string | null;
  count: number;
  failures: number;
  last_error: string | null;
  last: ProbePoint | null;
  values: { name: string; type: ProbeType; last: number | null; min: number | null; max: number | null; mean: number | null }[];
  recent: ProbePoint[];
}

export interface ErrorGroup {
  series: string;
  step: string | null;
  code: string;
  message: string;
  detail: string | null;
  count: number;
  first_at: number;
  last_at: number;
}

export interface Completeness {
  batches: number;
  missing_batches: number;
  duplicates: number;
  ratio: number;
}

/** A snapshot carries everything; a tick carries the points that changed since the last one. */
export interface Message {
  type: 'snapshot' | 'tick';
  seq: number;
  test: Test;
  totals: Totals;
  rows: Row[];
  workers: Worker[];
  pools: Pool[];
  probes: ProbeRow[];
  errors: ErrorGroup[];
  points: Point[];
  completeness: Completeness;
}

export type ParamType = 'string' | 'boolean' | 'int' | 'long' | 'double' | 'uri' | 'duration' | 'enum';

export interface ParamSpec {
  name: string;
  type: ParamType;
  required: boolean;
  default: string | null;
  description: string | null;
  values: string[] | null;
}

export interface Scenario {
  name: string;
  class: string;
  digest: string;
  source: string;
  params: ParamSpec[];
  steps: { name: string; weight: number; requires: string[]; every: string | null; timeout: string | null }[];
  resources: { pool: string }[];
  probes: { name: string; every: string; timeout: string; values: { name: string; type: ProbeType }[] }[];
}

export interface PastRun {
  run_id: string;
  scenario: string;
  started_at: number;
  ended_at: number | null;
  duration_s: number | null;
  users: number;
  total_requests: number;
  total_failures: number;
  p95_ms: number | null;
  stop_reason: string | null;
  verdict?: Verdict['level'] | null;
}

/** What the page reads of a run's report.json. */
export interface Report {
  run_id: string;
  scenario: string;
  started_at: string;
  duration_s: number | null;
  target_users: number;
  stop_reason: string | null;
  verdict?: Verdict;
  errors: ErrorGroup[];
  params: Record<string, unknown>;
  load_model?: 'users' | 'rate';
  target_rate?: number;
  probes?: Omit<ProbeRow, 'last' | 'recent'>[];
}

export interface Summary {
  run_id: string;
  totals: Totals;
  rows: Row[];
  completeness: Completeness;
}
