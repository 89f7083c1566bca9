import { useMemo } from 'react';
import type { Clock, Point } from '../data/contract';
import { count, ms, rate } from '../data/format';
import { columns, type Range, type Series } from '../data/points';
import { Segmented } from '../view/parts';
import { choose, useSettings } from '../view/settings';
import { Plot, type Line } from './Plot';

/** The charts of a run: what went through, how long it took, and in the open model what arrived. */

const THROUGHPUT: readonly Line[] = [
  { label: 'requests/s', colour: 'p50', scale: 'y', format: rate, fill: true },
  { label: 'failures/s', colour: 'bad', scale: 'y', format: rate, fill: true },
  { label: 'users', colour: 'users', scale: 'users', format: count, stepped: true, dashed: true, thin: true },
];
const FLOW = [(p: Point) => p.rps, (p: Point) => p.failures, (p: Point) => p.users] as const;

const ARRIVALS: readonly Line[] = [
  { label: 'intended/s', colour: 'users', scale: 'y', format: rate, stepped: true, thin: true },
  { label: 'started/s', colour: 'p95', scale: 'y', format: rate },
  { label: 'completed/s', colour: 'p50', scale: 'y', format: rate },
  { label: 'debt', colour: 'bad', scale: 'users', format: count, dashed: true },
];
const COMING = [
  (p: Point) => p.arrivals?.intended ?? null,
  (p: Point) => p.arrivals?.started ?? null,
  (p: Point) => p.arrivals?.completed ?? null,
  (p: Point) => (p.arrivals === null ? null : p.debt),
] as const;

const LATENCY: readonly Line[] = [
  { label: 'p50', colour: 'p50', scale: 'y', format: ms },
  { label: 'p95', colour: 'p95', scale: 'y', format: ms },
  { label: 'p99', colour: 'p99', scale: 'y', format: ms },
  { label: 'max', colour: 'max', scale: 'y', format: ms, thin: true },
];

const pickers = (clock: Clock) =>
  (['p50', 'p95', 'p99', 'max'] as const).map((key) => (p: Point) => {
    const latency = clock === 'response' ? p.response_ms : p.service_ms;
    return latency?.[key] ?? null;
  });
const PICK = { response: pickers('response'), service: pickers('service') };

const RANGES = [
  { value: 300, label: '5 min', testId: 'range-300' },
  { value: 900, label: '15 min', testId: 'range-900' },
  { value: 3600, label: '1 h', testId: 'range-3600' },
  { value: 'all', label: 'All', testId: 'range-all' },
] as const satisfies readonly { value: Range; label: string; testId: string }[];

const SCALES = [
  { value: 'linear', label: 'Linear', testId: 'scale-linear' },
  { value: 'log', label: 'Log', testId: 'scale-log' },
] as const;

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });
const perSecond = (value: number) => compact.format(value);
const duration = (value: number) => {
  if (value >= 1_000) return `${compact.format(value / 1_000)} s`;
  return `${Number(value.toPrecision(3))} ms`;
};

export function Charts({ series, fixedRange, settled = false }: { series: Series; fixedRange?: Range; settled?: boolean }) {
  const { clock, range: chosen, scale } = useSettings();
  const range = fixedRange ?? chosen;
  const flow = useMemo(() => columns(series, range, FLOW), [series, range]);
  const latency = useMemo(() => columns(series, range, PICK[clock]), [series, range, clock]);
  const arriving = series.points.some((p) => p.arrivals !== null);
  const coming = useMemo(() => (arriving ? columns(series, range, COMING) : []), [series, range, arriving]);
  const first = series.points[0];
  const last = series.points.at(-1);
  const thinned =
    series.thinnedBefore !== null && last !== undefined && (range === 'all' || series.thinnedBefore > last.t - range * 1_000);
  return (
    <div className="grid gap-3 lg:grid-cols-2">
      <section className="panel min-w-0 pb-2" aria-label="Throughput and users over time">
        <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-2">
          <h2 className="font-semibold">Throughput</h2>
          {fixedRange === undefined && (
            <div className="ml-auto">
              <Segmented label="Time range of the charts" choices={RANGES} value={range} onChoose={(value) => choose({ range: value })} />
            </div>
          )}
        </div>
        <Plot
          testId="chart-throughput"
          label={`Requests and failures a second, and users, ${first ? 'over time' : 'no data yet'}`}
          lines={THROUGHPUT}
          data={flow}
          settled={settled}
          tick={perSecond}
        />
      </section>
      <section className="panel min-w-0 pb-2" aria-label="Latency over time">
        <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-2">
          <h2 className="font-semibold">Latency</h2>
          <span className="text-soft">{clock === 'response' ? 'response time' : 'service time'}, ms</span>
          <div className="ml-auto">
            <Segmented label="Scale of the latency chart" choices={SCALES} value={scale} onChoose={(value) => choose({ scale: value })} />
          </div>
        </div>
        <Plot
          testId="chart-latency"
          label={`Percentiles of the ${clock} time in ms, ${first ? 'over time' : 'no data yet'}`}
          lines={LATENCY}
          data={latency}
          settled={settled}
          log={scale === 'log'}
          tick={duration}
        />
      </section>
      {arriving && (
        <section className="panel min-w-0 pb-2 lg:col-span-2" aria-label="Arrivals over time">
          <div className="flex min-h-11 flex-wrap items-center gap-2 px-4 py-2">
            <h2 className="font-semibold">Arrivals</h2>
            <span className="text-soft">meant to begin, begun and done each second; debt are those that wait</span>
          </div>
          <Plot
            testId="chart-arrivals"
            label="Arrivals intended, started and completed a second, and those that wait, over time"
            lines={ARRIVALS}
            data={coming}
            settled={settled}
            tick={perSecond}
          />
        </section>
      )}
      {thinned && (
        <p className="-mt-1 px-1 text-[12px] text-faint lg:col-span-2">
          Past one hour, a point shows the mean rate and the worst latencies of its ten seconds or minute.
        </p>
      )}
    </div>
  );
}
