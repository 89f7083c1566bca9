import { useEffect, useRef, useState } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { timeOfDay } from '../data/format';
import { useDark } from '../view/settings';

/** One line of a plot. Colours are names of theme tokens, read again when the theme changes. */
export interface Line {
  readonly label: string;
  readonly colour: string;
  readonly scale: 'y' | 'users';
  readonly format: (value: number | null | undefined) => string;
  readonly fill?: boolean;
  readonly dashed?: boolean;
  readonly stepped?: boolean;
  readonly thin?: boolean;
}

interface Props {
  readonly label: string;
  readonly testId: string;
  readonly lines: readonly Line[];
  readonly data: readonly (readonly (number | null)[])[];
  readonly log?: boolean;
  /** No more seconds will come. */
  readonly settled?: boolean;
  readonly tick: (value: number) => string;
}

const HEIGHT = 232;
const SYNC = 'vikhry';
/** Seconds. A run just begun is drawn in a window of a minute, so that its first seconds do not stretch and jump. */
const GROWING = 60;
const SETTLED = 5;

/** A time chart on uPlot whose legend shows the values under the cursor, or else the latest ones. */
export function Plot({ label, testId, lines, data, log = false, settled = false, tick }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const values = useRef<(HTMLSpanElement | null)[]>([]);
  const stamp = useRef<HTMLSpanElement>(null);
  const latest = useRef(data);
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const dark = useDark();

  useEffect(() => {
    latest.current = data;
  }, [data]);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const colour = colours(element);
    const legend = (u: uPlot) => {
      const under = u.cursor.idx ?? null;
      const hovering = under !== null && (u.cursor.left ?? -1) >= 0;
      const index = hovering ? under : (u.data[0]?.length ?? 0) - 1;
      lines.forEach((line, i) => {
        const span = values.current[i];
        if (span) span.textContent = line.format(u.data[i + 1]?.[index] ?? null);
      });
      const at = u.data[0]?.[index];
      if (stamp.current) stamp.current.textContent = hovering && at !== undefined ? timeOfDay(at * 1_000) : 'latest';
    };
    const u = new uPlot(
      options(lines, log, settled ? SETTLED : GROWING, tick, colour, element.clientWidth, legend),
      latest.current as uPlot.AlignedData,
      element,
    );
    plot.current = u;
    legend(u);
    const resized = new ResizeObserver(() => u.setSize({ width: element.clientWidth, height: HEIGHT }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      u.destroy();
      plot.current = null;
    };
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a canvas takes its colours when it is made
  }, [lines, log, settled, tick, dark]);

  useEffect(() => {
    const u = plot.current;
    if (u === null) return;
    u.setData(data as uPlot.AlignedData);
  }, [data]);

  useEffect(() => {
    lines.forEach((line, i) => plot.current?.setSeries(i + 1, { show: !hidden.has(line.label) }));
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- a plot made anew shows all its lines
  }, [hidden, lines, log, settled, tick, dark]);

  const toggle = (name: string) =>
    setHidden((before) => {
      const after = new Set(before);
      if (!after.delete(name)) after.add(name);
      return after;
    });

  return (
    <div data-testid={testId}>
      <div className="flex flex-wrap items-center gap-x-1 gap-y-0.5 px-3 pb-1 text-[12px]">
        {lines.map((line, i) => (
          <button
            key={line.label}
            type="button"
            aria-pressed={!hidden.has(line.label)}
            title={hidden.has(line.label) ? `Show ${line.label}` : `Hide ${line.label}`}
            onClick={() => toggle(line.label)}
            className="flex items-center gap-1.5 rounded px-1.5 py-0.5 text-soft hover:bg-raised aria-[pressed=false]:line-through aria-[pressed=false]:decoration-edge"
          >
            <span className="h-[3px] w-3 rounded-full" style={{ background: `var(--color-${line.colour})` }} aria-hidden />
            {line.label}
            <span
              ref={(span) => {
                values.current[i] = span;
              }}
              data-testid={`${testId}-${line.label}`}
              className="inline-block min-w-8 text-left font-medium text-ink"
            />
          </button>
        ))}
        <span ref={stamp} className="ml-auto hidden pr-1 text-faint sm:block" />
      </div>
      <div className="relative">
        <div ref={host} role="img" aria-label={label} className="h-[232px] w-full overflow-hidden" />
        {(data[0]?.length ?? 0) === 0 && (
          <p className="absolute inset-0 grid place-items-center bg-panel text-soft">The lines begin with the first second of the run.</p>
        )}
      </div>
    </div>
  );
}

/** Canvas knows no custom properties: an element wearing the token tells what it is in this theme. */
function colours(inside: HTMLElement): (token: string, alpha?: number) => string {
  const probe = document.createElement('span');
  return (token, alpha = 1) => {
    inside.append(probe);
    probe.style.color = alpha === 1 ? `var(--color-${token})` : `color-mix(in srgb, var(--color-${token}) ${alpha * 100}%, transparent)`;
    const resolved = getComputedStyle(probe).color;
    probe.remove();
    return resolved;
  };
}

function options(
  lines: readonly Line[],
  log: boolean,
  leastWindow: number,
  tick: (value: number) => string,
  colour: (token: string, alpha?: number) => string,
  width: number,
  legend: (u: uPlot) => void,
): uPlot.Options {
  const ink = colour('faint');
  const grid: uPlot.Axis.Grid = { stroke: colour('line'), width: 1 };
  const axis = { stroke: ink, font: '11px Inter, system-ui, sans-serif', ticks: { show: false }, gap: 6 };
  const users = lines.some((line) => line.scale === 'users');
  return {
    width,
    height: HEIGHT,
    padding: [10, users ? 4 : 16, 0, 4],
    legend: { show: false },
    cursor: {
      sync: { key: SYNC, setSeries: false },
      drag: { x: false, y: false },
      points: { size: 6, width: 0 },
      y: false,
    },
    hooks: { setCursor: [legend], setData: [legend] },
    scales: {
      x: { time: true, range: (_u, min, max) => [min, Math.max(max, min + leastWindow)] },
      y: log
        ? { distr: 3, range: (_u, min, max) => decades(min, max) }
        : { range: (_u, _min, max) => [0, max > 0 ? max * 1.08 : 1] },
      users: { range: (_u, _min, max) => [0, max > 0 ? max * 1.25 : 1] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 28, space: 80, values: (_u, splits) => times(splits) },
      { ...axis, grid: log ? { ...grid, filter: wholeDecades } : grid, size: 58, space: log ? 18 : 36, values: (_u, splits) => splits.map((v) => (v === null ? '' : tick(v))) },
      ...(users
        ? [
            {
              ...axis,
              scale: 'users',
              side: 1 as const,
              grid: { show: false },
              size: 48,
              incrs: [1, 2, 5].flatMap((n) => [0, 1, 2, 3, 4, 5].map((e) => n * 10 ** e)).sort((a, b) => a - b),
              stroke: colour('users'),
            },
          ]
        : []),
    ],
    series: [
      {},
      ...lines.map((line): uPlot.Series => {
        const series: uPlot.Series = {
          label: line.label,
          scale: line.scale,
          stroke: colour(line.colour),
          width: line.thin === true ? 1 : 1.6,
          points: { show: true, size: 4, width: 0, fill: colour(line.colour), filter: alone },
        };
        if (line.fill === true) series.fill = colour(line.colour, 0.1);
        if (line.dashed === true) series.dash = [4, 3];
        const stepped = line.stepped === true ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
        if (stepped !== undefined) series.paths = stepped;
        return series;
      }),
    ],
  };
}

/** Only a second with nothing on either side needs a dot: a line has no length there. */
function alone(u: uPlot, seriesIndex: number): number[] {
  const column = u.data[seriesIndex] ?? [];
  const here = (i: number) => column[i] !== null && column[i] !== undefined;
  const result: number[] = [];
  for (let i = 0; i < column.length; i++) if (here(i) && !here(i - 1) && !here(i + 1)) result.push(i);
  return result;
}

function decades(min: number | null, max: number | null): [number, number] {
  if (min === null || max === null || !(max > 0)) return [1, 100];
  const low = 10 ** Math.floor(Math.log10(Math.max(min, 0.001)));
  return [low, Math.max(10 ** Math.ceil(Math.log10(max)), low * 10)];
}

/** A log axis offers nine lines a decade; one is enough to read by. */
const wholeDecades = (_u: uPlot, splits: number[]) =>
  splits.map((v) => (Math.abs(Math.log10(v) - Math.round(Math.log10(v))) < 1e-9 ? v : null));

function times(splits: readonly number[]): string[] {
  const apart = (splits[1] ?? 0) - (splits[0] ?? 0);
  return splits.map((s) => (apart >= 60 ? timeOfDay(s * 1_000).slice(0, 5) : timeOfDay(s * 1_000)));
}
