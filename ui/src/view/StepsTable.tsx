import { useMemo, useState } from 'react';
import type { Row, Totals } from '../data/contract';
import { count, ms, percent, rate, share } from '../data/format';
import { figures, groups, latencyOf, type Column, type Line, type Order, type Scope } from '../data/table';
import { Heading, Segmented, TableRegion } from './parts';
import { PhasesRow } from './Phases';
import { errorsHref } from './route';
import { choose, useSettings } from './settings';

const COLUMNS: readonly { column: Column; title: string; hint: string }[] = [
  { column: 'count', title: 'Count', hint: 'finished, failed ones included' },
  { column: 'fail', title: 'Failed', hint: 'how many failed, and what share' },
  { column: 'rps', title: 'Rate/s', hint: 'finished a second' },
  { column: 'p50', title: 'p50', hint: 'half took no longer, ms' },
  { column: 'p90', title: 'p90', hint: '90 % took no longer, ms' },
  { column: 'p95', title: 'p95', hint: '95 % took no longer, ms' },
  { column: 'p99', title: 'p99', hint: '99 % took no longer, ms' },
  { column: 'p999', title: 'p99.9', hint: '99.9 % took no longer, ms' },
  { column: 'max', title: 'Max', hint: 'the slowest, ms' },
  { column: 'mean', title: 'Mean', hint: 'the average, ms; percentiles say more' },
];

const SCOPES = [
  { value: 'run', label: 'Whole run', testId: 'scope-run' },
  { value: 'recent', label: 'Last 10 s', testId: 'scope-recent' },
] as const satisfies readonly { value: Scope; label: string; testId: string }[];

const flip = (key: string) => (before: ReadonlySet<string>) => {
  const after = new Set(before);
  if (!after.delete(key)) after.add(key);
  return after;
};

interface Props {
  rows: readonly Row[];
  totals: Totals | null;
  /** The run has ended: it has no last ten seconds to show. */
  past?: boolean;
  /** Failures lead to the Errors tab, which knows those of the current run alone. */
  linked?: boolean;
}

export function StepsTable({ rows, totals, past = false, linked = true }: Props) {
  const { clock, scope: chosen } = useSettings();
  const scope = past ? 'run' : chosen;
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>({ column: 'name', descending: false });
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [detailed, setDetailed] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => groups(rows, search, order, scope, clock), [rows, search, order, scope, clock]);

  const sort = (column: Column) =>
    setOrder((o) => (o.column === column ? { column, descending: !o.descending } : { column, descending: column !== 'name' }));
  const head = (column: Column, title: string, hint?: string) => (
    <button type="button" title={hint} onClick={() => sort(column)} className="rounded font-medium hover:text-ink">
      {column === 'name' && title}
      {order.column === column && (
        <span className="mx-1 text-accent" aria-hidden>
          {order.descending ? '↓' : '↑'}
        </span>
      )}
      {column !== 'name' && title}
    </button>
  );
  const sorted = (column: Column) => (order.column !== column ? 'none' : order.descending ? 'descending' : 'ascending');

  return (
    <section className="panel" aria-label="Steps and requests">
      <Heading
        right={
          <>
            <input
              type="search"
              aria-label="Search steps and requests"
              placeholder="Search…"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className="h-7 w-40 rounded-md border border-edge bg-page px-2 text-[12px] placeholder:text-faint"
            />
            {!past && <Segmented label="Scope of the table" choices={SCOPES} value={scope} onChoose={(value) => choose({ scope: value })} />}
          </>
        }
      >
        Steps and requests <span className="ml-1 font-normal text-soft">{clock} time, ms</span>
      </Heading>
      <TableRegion label="Table of steps and requests">
        <table className="grid-table" data-testid="steps-table">
          <thead>
            <tr>
              <th scope="col" className="left pinned border-t border-t-line" aria-sort={sorted('name')}>
                {head('name', 'Name')}
              </th>
              {COLUMNS.map(({ column, title, hint }) => (
                <th key={column} scope="col" className="border-t border-t-line" aria-sort={sorted(column)}>
                  {head(column, title, hint)}
                </th>
              ))}
            </tr>
          </thead>
          {totals !== null && (
            <tbody>
              <tr data-testid="row-totals" className="font-medium">
                <td className="left pinned">All requests</td>
                <Cells figure={totals} scope={scope} />
              </tr>
            </tbody>
          )}
          {shown.map((group) => (
            <tbody key={group.title}>
              {(shown.length > 1 || group.title !== 'Steps') && (
                <tr>
                  <th scope="rowgroup" colSpan={COLUMNS.length + 1} className="left !bg-raised !py-1 !text-[11px] tracking-wide uppercase">
                    <span className="sticky left-3">{group.title}</span>
                  </th>
                </tr>
              )}
              {group.lines.map((line) => (
                <Lines
                  key={line.key}
                  line={line}
                  scope={scope}
                  linked={linked}
                  open={!closed.has(line.key)}
                  onToggle={() => setClosed(flip(line.key))}
                  detailed={detailed}
                  onDetail={(key) => setDetailed(flip(key))}
                />
              ))}
            </tbody>
          ))}
        </table>
        {shown.length === 0 && (
          <p className="px-4 py-8 text-center text-soft">
            {rows.length === 0 ? 'Steps and requests appear here as soon as the first one finishes.' : `Nothing is named like “${search.trim()}”.`}
          </p>
        )}
      </TableRegion>
    </section>
  );
}

interface LinesProps {
  line: Line;
  scope: Scope;
  linked: boolean;
  open: boolean;
  onToggle: () => void;
  /** Keys of the requests whose phases are shown. */
  detailed: ReadonlySet<string>;
  onDetail: (key: string) => void;
}

function Lines({ line, scope, linked, open, onToggle, detailed, onDetail }: LinesProps) {
  const { row, children } = line;
  const alone = children.length === 0 && (row.phases?.length ?? 0) > 0;
  return (
    <>
      <tr data-testid="row" data-kind={row.kind} data-name={row.name} data-step={row.step ?? ''}>
        <td className="left pinned max-w-[46vw] truncate sm:max-w-80" title={row.name}>
          {children.length > 0 ? (
            <button type="button" aria-expanded={open} onClick={onToggle} className="group rounded font-medium">
              <span className={`mr-1.5 inline-block text-faint transition-transform group-hover:text-ink ${open ? 'rotate-90' : ''}`} aria-hidden>
                ›
              </span>
              {row.name}
            </button>
          ) : (
            <RequestName row={row} open={alone && detailed.has(line.key)} onToggle={() => onDetail(line.key)} className="font-medium" />
          )}
        </td>
        <Cells figure={row} scope={scope} {...(linked ? { row } : {})} />
      </tr>
      {alone && detailed.has(line.key) && <PhasesRow row={row} columns={COLUMNS.length + 1} />}
      {open &&
        children.map(({ key, row: request }) => [
          <tr key={key} data-testid="row" data-kind={request.kind} data-name={request.name} data-step={request.step ?? ''}>
            <td className="left pinned max-w-[46vw] truncate !pl-5 text-[12px] sm:max-w-80" title={request.name}>
              <RequestName row={request} open={detailed.has(key)} onToggle={() => onDetail(key)} className="font-mono text-soft" />
            </td>
            <Cells figure={request} scope={scope} {...(linked ? { row: request } : {})} />
          </tr>,
          detailed.has(key) && <PhasesRow key={`${key}:phases`} row={request} columns={COLUMNS.length + 1} />,
        ])}
    </>
  );
}

/** A request's name; where its phases are known, a button that shows them. */
function RequestName({ row, open, onToggle, className }: { row: Row; open: boolean; onToggle: () => void; className: string }) {
  if ((row.phases?.length ?? 0) === 0) return <span className={`ml-3 ${className}`}>{row.name}</span>;
  return (
    <button type="button" aria-expanded={open} onClick={onToggle} title="Where the time goes" data-testid="show-phases" className={`group rounded hover:text-ink ${className}`}>
      <span className={`mr-1.5 inline-block text-faint transition-transform group-hover:text-ink ${open ? 'rotate-90' : ''}`} aria-hidden>
        ›
      </span>
      {row.name}
    </button>
  );
}

function Cells({ figure, row, scope }: { figure: Totals; row?: Row; scope: Scope }) {
  const { clock } = useSettings();
  const f = figures(figure, scope);
  const latency = latencyOf(f, clock);
  return (
    <>
      <td data-col="count" data-value={f.count}>
        {count(f.count)}
      </td>
      <FailCell failures={f.failures} of={f.count} row={row} />
      <td data-col="rps" data-value={f.rps}>
        {rate(f.rps)}
      </td>
      {(['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean'] as const).map((key) => (
        <td key={key} data-col={key} data-value={latency?.[key] ?? ''} className={key === 'mean' || key === 'max' ? 'text-soft' : ''}>
          {ms(latency?.[key])}
        </td>
      ))}
    </>
  );
}

function FailCell({ failures, of, row }: { failures: number; of: number; row: Row | undefined }) {
  const part = share(failures, of);
  if (failures === 0) {
    return (
      <td data-col="failures" data-value={0} className="text-faint">
        {part === null ? '–' : '0'}
      </td>
    );
  }
  const tint = (part ?? 0) >= 0.05 ? '!bg-bad/14' : (part ?? 0) >= 0.01 ? '!bg-bad/9' : '!bg-bad/5';
  const text = (
    <>
      {count(failures)}
      <span className="ml-2 inline-block min-w-12 font-medium">{percent(part)} %</span>
    </>
  );
  return (
    <td data-col="failures" data-value={failures} className={`text-bad ${tint}`}>
      {row === undefined ? (
        text
      ) : (
        <a href={errorsHref(row)} className="rounded underline decoration-bad/50 decoration-dotted underline-offset-3 hover:decoration-solid">
          {text}
        </a>
      )}
    </td>
  );
}
