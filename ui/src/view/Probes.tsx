import { useState } from 'react';
import { calls } from '../data/calls';
import type { ProbePoint, ProbeRow, ProbeType } from '../data/contract';
import { NONE, count, ms, percent, share, timeOfDay } from '../data/format';
import { Empty, Heading, Pill, Segmented, type Tone } from './parts';
import { useAnswer } from './useAnswer';

const SPANS = [
  { value: 'recent', label: 'Last 60 calls', testId: 'probes-recent' },
  { value: 'run', label: 'Whole run', testId: 'probes-run' },
] as const;
type Span = (typeof SPANS)[number]['value'];

/** What the scenario's probes see of the system beside the load: one card each. */
export function Probes({ probes, runId }: { probes: readonly ProbeRow[]; runId: string | null }) {
  const [span, setSpan] = useState<Span>('recent');
  return (
    <section className="panel" aria-label="Probes">
      {probes.length === 0 ? (
        <Empty title="No probes" testId="probes-empty">
          <p>
            A static method with <code className="font-mono">@Probe(every = "5s")</code> watches the system beside the load, on one worker: the depth of a queue, the size of a table, whether a page answers.
          </p>
        </Empty>
      ) : (
        <>
          <Heading right={<Segmented label="Calls shown" choices={SPANS} value={span} onChoose={setSpan} />}>
            Probes <span className="ml-1 font-normal text-soft">the system beside the load, seen by one worker</span>
          </Heading>
          <ul className="grid overflow-hidden sm:grid-cols-2 xl:grid-cols-3">
            {probes.map((probe) => (
              <Card key={probe.name} probe={probe} runId={span === 'run' ? runId : null} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

/** How it stands, by its newest call. */
function status(probe: ProbeRow): { tone: Tone; label: string } {
  if (probe.last === null) return { tone: 'idle', label: 'Not called' };
  return probe.last.ok ? { tone: 'good', label: 'Answers' } : { tone: 'bad', label: 'Fails' };
}

function Card({ probe, runId }: { probe: ProbeRow; runId: string | null }) {
  const { tone, label } = status(probe);
  const failed = share(probe.failures, probe.count);
  return (
    <li className="-mr-px flex min-w-0 flex-col gap-2 border-t border-r border-line px-4 py-3" data-testid="probe" data-probe={probe.name} data-count={probe.count} data-failures={probe.failures}>
      <div className="flex items-center gap-2">
        <h3 className="truncate font-medium" title={probe.name}>
          {probe.name}
        </h3>
        {probe.every !== null && <span className="text-[12px] whitespace-nowrap text-faint">every {probe.every}</span>}
        <span className="ml-auto shrink-0 text-[12px]">
          <Pill tone={tone}>{label}</Pill>
        </span>
      </div>
      {runId === null ? <Lines probe={probe} points={probe.recent} /> : <WholeRun probe={probe} runId={runId} />}
      <p className="text-[12px] text-soft">
        {count(probe.count)} calls, <span className={probe.failures > 0 ? 'text-bad' : ''}>{count(probe.failures)} failed{probe.failures > 0 && ` (${percent(failed)} %)`}</span>
        {probe.last !== null && <> · last at {timeOfDay(probe.last.t)}, took {ms(probe.last.ms)} ms</>}
      </p>
      {probe.last_error !== null && (
        <p className={`text-[12px] break-words ${probe.last?.ok === false ? 'text-bad' : 'text-soft'}`} data-testid="probe-error">
          {probe.last?.ok === false ? '' : 'failed before: '}
          {probe.last_error}
        </p>
      )}
    </li>
  );
}

/** All its calls, asked for again as they grow. */
function WholeRun({ probe, runId }: { probe: ProbeRow; runId: string }) {
  const { value, failure } = useAnswer((signal) => calls.probe(runId, probe.name, signal), `${runId}:${probe.name}:${Math.floor(probe.count / 10)}`);
  if (failure !== null) return <p className="text-[12px] text-bad">{failure}</p>;
  return <Lines probe={probe} points={value ?? probe.recent} />;
}

/** A line for each value; for a probe that returns nothing, how long it took. */
function Lines({ probe, points }: { probe: ProbeRow; points: readonly ProbePoint[] }) {
  if (probe.values.length === 0) {
    return <Line name="took" type="duration" last={probe.last?.ms ?? null} points={points} pick={(p) => (p.ok ? p.ms : null)} />;
  }
  return probe.values.map((value) => (
    <Line key={value.name} name={value.name} type={value.type} last={value.last} points={points} pick={(p) => p.values[value.name] ?? null} />
  ));
}

const plain = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 6 });

function show(value: number | null, type: ProbeType): string {
  if (value === null) return NONE;
  if (type === 'boolean') return value === 0 ? 'no' : 'yes';
  return type === 'duration' ? `${ms(value)} ms` : plain.format(value);
}

const WIDTH = 240;
const HEIGHT = 36;

/** A small chart: the value as a line that breaks where a call failed, and a mark for each that did. */
function Line({ name, type, last, points, pick }: { name: string; type: ProbeType; last: number | null; points: readonly ProbePoint[]; pick: (p: ProbePoint) => number | null }) {
  const seen = points.map(pick).filter((v) => v !== null);
  const low = type === 'boolean' ? 0 : Math.min(...seen);
  const high = type === 'boolean' ? 1 : Math.max(...seen);
  const from = points[0]?.t ?? 0;
  const span = Math.max(1, (points.at(-1)?.t ?? 0) - from);
  const x = (p: ProbePoint) => ((p.t - from) / span) * WIDTH;
  const y = (value: number) => HEIGHT - 3 - (high === low ? 0.5 : (value - low) / (high - low)) * (HEIGHT - 6);
  let path = '';
  let pen = 'M';
  for (const point of points) {
    const value = pick(point);
    if (value === null) {
      pen = 'M';
      continue;
    }
    path += `${pen}${x(point).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = 'L';
  }
  const failures = points.filter((p) => !p.ok);
  const words = seen.length === 0 ? 'no value yet' : `from ${show(low, type)} to ${show(high, type)}, ${failures.length} of ${points.length} calls failed`;
  return (
    <div className="flex items-end gap-3">
      <div className="w-24 shrink-0">
        <div className="truncate text-[12px] text-soft" title={name}>
          {name}
        </div>
        <div className="truncate text-[18px] leading-6 font-semibold" data-testid="probe-value">
          {show(last, type)}
        </div>
      </div>
      <div className="min-w-0 flex-1">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="block h-9 w-full" role="img" aria-label={`${name}: ${words}`}>
          <path d={path} fill="none" stroke="var(--color-accent)" strokeWidth="1.5" strokeLinejoin="round" strokeLinecap="round" vectorEffect="non-scaling-stroke" />
          {failures.map((p) => (
            <line key={p.t} x1={x(p)} x2={x(p)} y1={HEIGHT - 6} y2={HEIGHT} stroke="var(--color-bad)" strokeWidth="2" vectorEffect="non-scaling-stroke" />
          ))}
        </svg>
        <div className="flex justify-between text-[11px] text-faint">
          <span>{seen.length > 0 && type !== 'boolean' ? `min ${show(low, type)}` : ''}</span>
          <span>{seen.length > 0 && type !== 'boolean' ? `max ${show(high, type)}` : ''}</span>
        </div>
      </div>
    </div>
  );
}
