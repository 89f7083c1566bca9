import { useState } from 'react';
import type { ErrorGroup } from '../data/contract';
import { count, timeOfDay } from '../data/format';
import { Empty, Heading, TableRegion } from './parts';

const keyOf = (e: ErrorGroup) => JSON.stringify([e.series, e.step, e.code, e.message]);

/** Failures in groups, the most frequent first; the query of the address narrows them to a series. */
export function Errors({ errors, query }: { errors: readonly ErrorGroup[]; query: URLSearchParams }) {
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const series = query.get('series');
  const step = query.get('step');
  const shown = errors.filter((e) => (series === null || e.series === series) && (step === null || e.step === step));
  const narrowed = series !== null || step !== null;
  const toggle = (key: string) =>
    setOpen((before) => {
      const after = new Set(before);
      if (!after.delete(key)) after.add(key);
      return after;
    });

  return (
    <section className="panel" aria-label="Errors">
      <Heading
        right={
          narrowed && (
            <a href="#/errors" data-testid="errors-clear" className="inline-flex items-center gap-2 rounded-full border border-edge bg-raised px-2.5 py-0.5 text-[12px] hover:border-ink">
              only <span className="font-mono">{series ?? step}</span>
              {series !== null && step !== null && step !== series && <span className="text-soft">in {step}</span>}
              <span aria-hidden>×</span>
              <span className="sr-only">show all errors</span>
            </a>
          )
        }
      >
        Errors <span className="ml-1 font-normal text-soft">grouped by what failed and how</span>
      </Heading>
      {shown.length === 0 ? (
        <Empty title={narrowed ? `No errors in ${series ?? step}` : 'No errors'} testId="errors-empty">
          <p>
            {narrowed
              ? 'The errors of other series are still there.'
              : 'Failed checks, unexpected statuses, timeouts and exceptions of a run gather here, in groups.'}
          </p>
        </Empty>
      ) : (
        <TableRegion label="Table of errors">
          <table className="grid-table" data-testid="errors-table">
            <thead>
              <tr>
                <th scope="col" className="border-t border-t-line">Count</th>
                <th scope="col" className="left border-t border-t-line">Series</th>
                <th scope="col" className="left border-t border-t-line">Code</th>
                <th scope="col" className="left w-full border-t border-t-line">Message</th>
                <th scope="col" className="border-t border-t-line">First seen</th>
                <th scope="col" className="border-t border-t-line">Last seen</th>
              </tr>
            </thead>
            <tbody>
              {shown.map((e) => {
                const key = keyOf(e);
                const detailed = e.detail !== null && e.detail !== '';
                const expanded = open.has(key);
                return [
                  <tr key={key} data-testid="error" data-series={e.series}>
                    <td className="font-medium text-bad">{count(e.count)}</td>
                    <td className="left">
                      <span className="font-mono text-[12px]">{e.series}</span>
                      {e.step && e.step !== e.series && <span className="ml-2 text-faint">{e.step}</span>}
                    </td>
                    <td className="left font-mono text-[12px]">{e.code}</td>
                    <td className="left max-w-md truncate" title={e.message}>
                      {detailed ? (
                        <button type="button" aria-expanded={expanded} onClick={() => toggle(key)} className="max-w-full truncate rounded hover:text-accent">
                          <span className={`mr-1.5 inline-block text-faint transition-transform ${expanded ? 'rotate-90' : ''}`} aria-hidden>
                            ›
                          </span>
                          {e.message}
                        </button>
                      ) : (
                        <span className="ml-3">{e.message}</span>
                      )}
                    </td>
                    <td className="text-soft">{timeOfDay(e.first_at)}</td>
                    <td>{timeOfDay(e.last_at)}</td>
                  </tr>,
                  detailed && expanded && (
                    <tr key={`${key}:detail`}>
                      <td colSpan={6} className="left !bg-raised">
                        <pre className="max-h-80 max-w-[calc(100vw-4rem)] overflow-auto py-1 font-mono text-[12px] leading-5 whitespace-pre-wrap text-ink">{e.detail}</pre>
                      </td>
                    </tr>
                  ),
                ];
              })}
            </tbody>
          </table>
        </TableRegion>
      )}
    </section>
  );
}
