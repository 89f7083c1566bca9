import type { ItemPage, ItemState, PastRun, Point, ProbePoint, Report, Safety, Scenario, Summary } from './contract';

/** An answer from 400 up, with the field it names, if it names one. */
export class Refusal extends Error {
  readonly code: string;
  readonly field: string | null;

  constructor(code: string, message: string, field: string | null) {
    super(message);
    this.name = 'Refusal';
    this.code = code;
    this.field = field;
  }
}

/** With a rate, `users` are those that begin with it; left out, the orchestrator says how many. */
export interface StartRequest {
  users?: number;
  rate?: number;
  arrivals?: 'constant' | 'poisson';
  max_users?: number;
  ramp_s: number;
  duration_s: number | null;
  params: Record<string, string | number | boolean>;
  safety?: Partial<Safety>;
}

export const calls = {
  scenario: (signal?: AbortSignal) => ask<Scenario>('scenario', signal),
  runs: async (signal?: AbortSignal) => (await ask<{ runs: PastRun[] }>('runs', signal)).runs,
  summary: (runId: string, signal?: AbortSignal) => ask<Summary>(`runs/${encodeURIComponent(runId)}/summary`, signal),
  report: (runId: string, signal?: AbortSignal) => ask<Report>(`runs/${encodeURIComponent(runId)}/report.json`, signal),
  series: async (runId: string, signal?: AbortSignal) =>
    (await ask<{ points: Point[] }>(`runs/${encodeURIComponent(runId)}/series`, signal)).points,
  probe: async (runId: string, name: string, signal?: AbortSignal) =>
    (await ask<{ points: ProbePoint[] }>(`runs/${encodeURIComponent(runId)}/probes/${encodeURIComponent(name)}`, signal)).points,
  start: (request: StartRequest, key: string) => change<{ run_id: string }>('test/start', request, key),
  users: (users: number, ramp_s: number, key: string) => change<{ version: number }>('test/users', { users, ramp_s }, key),
  rate: (rate: number, ramp_s: number, key: string) => change<{ version: number }>('test/rate', { rate, ramp_s }, key),
  items: (pool: string, after: number, state: ItemState | null, signal?: AbortSignal) =>
    ask<ItemPage>(`${poolPath(pool)}/items?limit=50&after=${after}${state === null ? '' : `&state=${state.toLowerCase()}`}`, signal),
  createItems: (pool: string, count: number, key: string) => change<{ ordered: number }>('resources', { pool, count }, key),
  resetPool: (pool: string, key: string) => change<{ pool: string }>(`${poolPath(pool)}/reset`, {}, key),
  quarantine: (pool: string, id: string, reason: string, key: string) => change<{ id: string }>(`${poolPath(pool)}/items/${id}/quarantine`, { reason }, key),
  restore: (pool: string, id: string, key: string) => change<{ id: string }>(`${poolPath(pool)}/items/${id}/restore`, {}, key),
  kill: (key: string) => change<{ run_id: string }>('test/kill', {}, key),
  stop: (key: string) => change<{ run_id: string }>('test/stop', {}, key),
};

const poolPath = (pool: string) => `resources/${encodeURIComponent(pool)}`;

export const reportUrl = (runId: string) => `/api/v1/runs/${encodeURIComponent(runId)}/report.json`;

/** A new key for one intended change. `crypto.randomUUID` is missing on plain http from another host. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, '0')).join('');
}

function ask<T>(path: string, signal?: AbortSignal): Promise<T> {
  return answer<T>(fetch(`/api/v1/${path}`, { headers: { accept: 'application/json' }, signal: signal ?? null }));
}

function change<T>(path: string, body: unknown, key: string): Promise<T> {
  return answer<T>(
    fetch(`/api/v1/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
    }),
  );
}

async function answer<T>(sent: Promise<Response>): Promise<T> {
  let response: Response;
  try {
    response = await sent;
  } catch (failure) {
    if (failure instanceof DOMException && failure.name === 'AbortError') throw failure;
    throw new Refusal('unreachable', 'The orchestrator does not answer. Is it still running?', null);
  }
  const text = await response.text();
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal('unreadable', `The orchestrator answered ${response.status} with something that is not JSON.`, null);
  }
  if (response.ok) return body as T;
  const error = (body as { error?: { code?: string; message?: string; details?: { field?: unknown } } }).error;
  const field = error?.details?.field;
  throw new Refusal(
    error?.code ?? String(response.status),
    error?.message ?? `The orchestrator answered ${response.status}.`,
    typeof field === 'string' ? field : null,
  );
}
