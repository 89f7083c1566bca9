import type { Clock, Kind, Latency, Recent, Row } from './contract';

/** The table "Steps and requests": rows nested, sorted, searched. Pure. */

export type Scope = 'run' | 'recent';
export type Column = 'name' | 'count' | 'fail' | 'rps' | keyof Latency;
export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

export interface Line {
  readonly key: string;
  readonly row: Row;
  readonly children: readonly Line[];
}

export interface Group {
  readonly title: string;
  readonly lines: readonly Line[];
}

export const keyOf = (row: Row): string => JSON.stringify([row.kind, row.step, row.name]);

const GROUPS: readonly { title: string; kinds: readonly Kind[] }[] = [
  { title: 'Steps', kinds: ['STEP'] },
  { title: 'Requests outside a step', kinds: ['REQUEST'] },
  { title: 'Flows', kinds: ['FLOW'] },
  { title: 'Custom', kinds: ['CUSTOM'] },
  { title: 'Waits', kinds: ['WAIT'] },
  { title: 'Life cycle', kinds: ['LIFECYCLE'] },
];

/** The figures of a row in a scope; a row without recent samples has zero of them, not those of the run. */
export function figures(row: Recent & { recent: Recent | null }, scope: Scope): Recent {
  if (scope === 'run') return row;
  return row.recent ?? { count: 0, failures: 0, rps: 0, response_ms: null, service_ms: null };
}

export const latencyOf = (figures: Recent, clock: Clock): Latency | null =>
  clock === 'response' ? figures.response_ms : figures.service_ms;

function valueOf(row: Row, column: Column, scope: Scope, clock: Clock): number | string | null {
  const f = figures(row, scope);
  switch (column) {
    case 'name':
      return row.name;
    case 'count':
      return f.count;
    case 'fail':
      return f.count === 0 ? null : f.failures / f.count;
    case 'rps':
      return f.rps;
    default:
      return latencyOf(f, clock)?.[column] ?? null;
  }
}

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Rows without a value come last in both directions; equals keep the order of their names. */
function compare(order: Order, scope: Scope, clock: Clock): (a: Line, b: Line) => number {
  const sign = order.descending ? -1 : 1;
  return (a, b) => {
    const x = valueOf(a.row, order.column, scope, clock);
    const y = valueOf(b.row, order.column, scope, clock);
    if (x !== y) {
      if (x === null) return 1;
      if (y === null) return -1;
      const by = typeof x === 'string' ? natural.compare(x, String(y)) : x - Number(y);
      if (by !== 0) return sign * by;
    }
    return natural.compare(a.row.name, b.row.name);
  };
}

/** Nests each REQUEST under the STEP it was sent in; one whose step has no row of its own stands alone. */
export function groups(rows: readonly Row[], search: string, order: Order, scope: Scope, clock: Clock): Group[] {
  const wanted = search.trim().toLowerCase();
  const matches = (row: Row) => wanted === '' || row.name.toLowerCase().includes(wanted);
  const by = compare(order, scope, clock);
  const steps = new Set(rows.filter((r) => r.kind === 'STEP').map((r) => r.name));
  const under = (step: string) => rows.filter((r) => r.kind === 'REQUEST' && r.step === step);
  const line = (row: Row): Line | null => {
    const all = row.kind === 'STEP' ? under(row.name) : [];
    const kept = matches(row) ? all : all.filter(matches);
    if (!matches(row) && kept.length === 0) return null;
    return { key: keyOf(row), row, children: kept.map((r) => ({ key: keyOf(r), row: r, children: [] })).sort(by) };
  };
  const lonely = (row: Row) => row.kind !== 'REQUEST' || row.step === null || !steps.has(row.step);
  return GROUPS.map(({ title, kinds }) => ({
    title,
    lines: rows
      .filter((row) => kinds.includes(row.kind) && lonely(row))
      .map(line)
      .filter((l) => l !== null)
      .sort(by),
  })).filter((group) => group.lines.length > 0);
}
