import { useMemo } from 'react';
import { Charts } from '../chart/charts';
import { calls, reportUrl } from '../data/calls';
import type { PastRun, Report } from '../data/contract';
import { count, dateTime, elapsed, ms, percent, plural, rate, share } from '../data/format';
import { EMPTY, backfill } from '../data/points';
import { Errors } from './Errors';
import { REASONS } from './Header';
import { Empty, Heading, Notice, TableRegion } from './parts';
import { runHref } from './route';
import { StepsTable } from './StepsTable';
import { useAnswer } from './useAnswer';
import { Level, VerdictBar } from './Verdict';

/** The history of runs; `fresh` changes when a run begins or ends, and the list is asked for again. `running` is the run under way. */
export function Runs({ fresh, running }: { fresh: string; running: string | null }) {
  const { value: runs, failure } = useAnswer(calls.runs, fresh);
  return (
    <section className="panel" aria-label="Runs">
      {failure !== null && <p className="px-4 py-6 text-center text-bad">{failure}</p>}
      {failure === null && runs?.length === 0 && (
        <Empty title="No runs yet" testId="runs-empty">
          <p>Each run that ends is kept here with its numbers and its report; none is ever overwritten.</p>
        </Empty>
      )}
      {runs === null && failure === null && <p className="px-4 py-8 text-center text-soft">Reading the history…</p>}
      {runs !== null && runs.length > 0 && (
        <>
          <Heading>
            Runs <span className="ml-1 font-normal text-soft">newest first</span>
          </Heading>
          <TableRegion label="Table of runs">
            <table className="grid-table" data-testid="runs-table">
              <thead>
                <tr>
                  <th scope="col" className="left pinned border-t border-t-line">Run</th>
                  <th scope="col" className="left border-t border-t-line">Scenario</th>
                  <th scope="col" className="left border-t border-t-line">Started</th>
                  {['Took', 'Users', 'Requests', 'Failed', 'p95, ms'].map((title) => (
                    <th key={title} scope="col" className="border-t border-t-line">
                      {title}
                    </th>
                  ))}
                  <th scope="col" className="left border-t border-t-line">Verdict</th>
                  <th scope="col" className="left border-t border-t-line">Ended</th>
                  <th scope="col" className="left border-t border-t-line">Report</th>
                </tr>
              </thead>
              <tbody>
                {runs.map((run) => (
                  <RunRow key={run.run_id} run={run} running={run.run_id === running} />
                ))}
              </tbody>
            </table>
          </TableRegion>
        </>
      )}
    </section>
  );
}

function RunRow({ run, running }: { run: PastRun; running: boolean }) {
  const unended = running ? 'still running' : 'not ended';
  return (
    <tr data-testid="past-run" data-run={run.run_id}>
      <td className="left pinned">
        <a href={runHref(run.run_id)} className="rounded font-mono text-[12px] text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent">
          {run.run_id}
        </a>
      </td>
      <td className="left">{run.scenario}</td>
      <td className="left">{dateTime(run.started_at)}</td>
      <td>{elapsed(run.duration_s)}</td>
      <td>{count(run.users)}</td>
      <td>{count(run.total_requests)}</td>
      <td className={run.total_failures > 0 ? 'text-bad' : 'text-faint'}>
        {run.total_failures > 0 ? `${percent(share(run.total_failures, run.total_requests))} %` : '0'}
      </td>
      <td>{ms(run.p95_ms)}</td>
      <td className="left">{run.verdict != null && <Level level={run.verdict} />}</td>
      <td className="left text-soft">{run.stop_reason === null ? unended : (REASONS[run.stop_reason] ?? run.stop_reason)}</td>
      <td className="left">
        {run.ended_at === null ? <span className="text-faint">{running ? 'when it ends' : '–'}</span> : <ReportLink runId={run.run_id} />}
      </td>
    </tr>
  );
}

function ReportLink({ runId }: { runId: string }) {
  return (
    <a href={reportUrl(runId)} className="rounded text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent">
      report.json
    </a>
  );
}

const EVERYTHING = new URLSearchParams();

/** One run of the history: its charts, its table and its errors, as they were. */
export function PastRunPage({ runId }: { runId: string }) {
  const summary = useAnswer((signal) => calls.summary(runId, signal), runId);
  const points = useAnswer((signal) => calls.series(runId, signal), runId);
  const report = useAnswer((signal) => calls.report(runId, signal), runId);
  const series = useMemo(() => backfill(EMPTY, points.value ?? []), [points.value]);
  const failure = summary.failure ?? points.failure ?? report.failure;
  return (
    <div className="flex flex-col gap-3" data-testid="past-run-page">
      <div className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-1">
        <a href="#/runs" className="rounded text-accent hover:underline">
          ‹ All runs
        </a>
        <h2 className="font-mono font-medium">{runId}</h2>
        {report.value !== null && <Facts report={report.value} />}
        <span className="ml-auto">
          <ReportLink runId={runId} />
        </span>
      </div>
      {failure !== null && <Notice tone="bad">{failure}</Notice>}
      {report.value?.verdict !== undefined && <VerdictBar verdict={report.value.verdict} lost={[]} startedAt={Date.parse(report.value.started_at)} />}
      {series.points.length > 0 && <Charts series={series} fixedRange="all" settled />}
      {summary.value !== null && <StepsTable rows={summary.value.rows} totals={summary.value.totals} past linked={false} />}
      {(report.value?.errors.length ?? 0) > 0 && <Errors errors={report.value?.errors ?? []} query={EVERYTHING} />}
    </div>
  );
}

function Facts({ report }: { report: Report }) {
  const params = Object.entries(report.params);
  return (
    <>
      <span className="font-medium">{report.scenario}</span>
      <span className="text-soft">
        {dateTime(Date.parse(report.started_at))} · {report.load_model === 'rate' ? `${rate(report.target_rate)} arrivals/s` : plural(report.target_users, 'user')} for {elapsed(report.duration_s)}
        {report.stop_reason !== null && <>, {REASONS[report.stop_reason] ?? report.stop_reason}</>}
      </span>
      {params.length > 0 && <span className="font-mono text-[12px] break-all text-soft">{params.map(([name, value]) => `${name}=${String(value)}`).join('  ')}</span>}
    </>
  );
}
