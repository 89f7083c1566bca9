import { describe, expect, it } from 'vitest';
import type { Kind, Latency, Row } from '../src/data/contract';
import { figures, groups, type Order } from '../src/data/table';

function row(kind: Kind, step: string | null, name: string, count: number, p99: number | null = 10, failures = 0): Row {
  const latency = p99 === null ? null : ({ mean: 1, p50: 1, p90: 1, p95: 1, p99, p999: p99, max: p99 } satisfies Latency);
  const service = latency && { ...latency, p99: latency.p99 / 2 };
  return {
    kind, step, name, count, failures, rps: count / 10, codes: {}, bytes_sent: 0, bytes_received: 0,
    response_ms: latency, service_ms: service, recent: null,
  };
}

const ROWS = [
  row('STEP', null, 'login', 10, 40),
  row('STEP', null, 'catalog', 30, 90, 3),
  row('REQUEST', 'catalog', 'GET /catalog', 30, 80, 3),
  row('REQUEST', 'catalog', 'GET /catalog/2', 5, null),
  row('REQUEST', 'catalog', 'GET /catalog/10', 7, 200),
  row('REQUEST', 'login', 'POST /auth', 10, 30),
  row('REQUEST', null, 'GET /warm-up', 1, 5),
  row('FLOW', null, 'register', 4, 300),
];

const shape = (order: Order, search = '') =>
  groups(ROWS, search, order, 'run', 'response').map((g) => [
    g.title,
    g.lines.map((l) => [l.row.name, l.children.map((c) => c.row.name)]),
  ]);

describe('groups', () => {
  it('nests requests under their step and leaves the others apart', () => {
    expect(shape({ column: 'name', descending: false })).toEqual([
      ['Steps', [['catalog', ['GET /catalog', 'GET /catalog/2', 'GET /catalog/10']], ['login', ['POST /auth']]]],
      ['Requests outside a step', [['GET /warm-up', []]]],
      ['Flows', [['register', []]]],
    ]);
  });

  it('sorts steps and, within them, requests; those without a value come last both ways', () => {
    const first = (descending: boolean) => shape({ column: 'p99', descending })[0]![1];
    expect(first(true)).toEqual([
      ['catalog', ['GET /catalog/10', 'GET /catalog', 'GET /catalog/2']],
      ['login', ['POST /auth']],
    ]);
    expect(first(false)).toEqual([
      ['login', ['POST /auth']],
      ['catalog', ['GET /catalog', 'GET /catalog/10', 'GET /catalog/2']],
    ]);
  });

  it('finds a request and keeps its step above it', () => {
    expect(shape({ column: 'name', descending: false }, ' AUTH ')).toEqual([['Steps', [['login', ['POST /auth']]]]]);
  });

  it('finds a step with all its requests', () => {
    expect(shape({ column: 'name', descending: false }, 'login')).toEqual([['Steps', [['login', ['POST /auth']]]]]);
  });

  it('keeps a request whose step has no row', () => {
    const lines = groups([row('REQUEST', 'ghost', 'GET /x', 1)], '', { column: 'name', descending: false }, 'run', 'response');
    expect(lines[0]!.lines[0]!.row.name).toBe('GET /x');
  });
});

describe('figures', () => {
  it('is zero in the last 10 s for a row without recent samples', () => {
    expect(figures(ROWS[0]!, 'recent')).toMatchObject({ count: 0, rps: 0, response_ms: null });
  });
});
