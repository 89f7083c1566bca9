import type { RunState, Test } from '../data/contract';
import type { View } from '../data/feed';
import { elapsed, timeOfDay } from '../data/format';
import { Mark } from './Mark';
import { Button, Pill, type Tone } from './parts';
import { choose, useDark, useSettings } from './settings';

export type Asked = 'start' | 'load' | 'stop' | 'kill';

const STATES: Record<RunState, { label: string; tone: Tone }> = {
  IDLE: { label: 'Idle', tone: 'idle' },
  PREPARING: { label: 'Preparing', tone: 'info' },
  RUNNING: { label: 'Running', tone: 'good' },
  STOPPING: { label: 'Stopping', tone: 'warn' },
};

export const REASONS: Record<string, string> = {
  requested: 'stopped by request',
  duration: 'ran its full duration',
  failed: 'failed',
  aborted: 'aborted by its scenario',
  killed: 'killed',
  orphaned: 'ended by its workers',
};

export function Header({ view, onAsk }: { view: View; onAsk: (what: Asked) => void }) {
  const { test } = view.live;
  const state = test?.state;
  return (
    <header className="sticky top-0 z-20 border-b border-line bg-panel">
      <div className="mx-auto flex max-w-[1760px] flex-wrap items-center gap-x-4 gap-y-1.5 px-4 py-2 sm:px-5">
        <a href="#/overview" className="flex items-center gap-2 rounded" aria-label="vikhry, overview">
          <Mark size={24} />
          <span className="text-[16px] font-semibold tracking-tight">vikhry</span>
        </a>
        {state !== undefined && (
          <Pill tone={STATES[state].tone} pulse={state !== 'IDLE'} data-testid="state">
            {STATES[state].label}
          </Pill>
        )}
        <div className="order-last flex w-full flex-wrap items-baseline gap-x-4 gap-y-0.5 sm:order-none sm:w-auto">
          {test !== null && <RunFacts test={test} />}
        </div>
        <div className="ml-auto flex items-center gap-2">
          <LinkState view={view} />
          <ThemeToggle />
          {state === 'RUNNING' && (
            <Button data-testid="ask-load" onClick={() => onAsk('load')}>
              <span className="sm:hidden">{test?.run?.model === 'rate' ? 'Rate' : 'Users'}</span>
              <span className="hidden sm:inline">{test?.run?.model === 'rate' ? 'Change rate' : 'Change users'}</span>
            </Button>
          )}
          {(state === 'RUNNING' || state === 'PREPARING') && (
            <Button look="danger-quiet" data-testid="ask-stop" onClick={() => onAsk('stop')}>
              Stop
            </Button>
          )}
          {state === 'IDLE' && (
            <Button look={view.live.workers.length > 0 ? 'primary' : 'plain'} data-testid="ask-start" onClick={() => onAsk('start')}>
              Start
            </Button>
          )}
          {state === 'STOPPING' && <Button disabled>Stopping…</Button>}
          {state === 'STOPPING' && (
            <Button look="danger-quiet" data-testid="ask-kill" onClick={() => onAsk('kill')}>
              Kill
            </Button>
          )}
        </div>
      </div>
      {test !== null && <Progress test={test} />}
    </header>
  );
}

function RunFacts({ test }: { test: Test }) {
  const { run, scenario } = test;
  const over = run !== null && test.state === 'IDLE';
  const remaining = run?.ends_at != null ? (run.ends_at - test.now) / 1_000 : null;
  return (
    <>
      {scenario !== null && (
        <span className="font-medium" title={`${scenario.source}, ${scenario.digest}`} data-testid="scenario">
          {scenario.name}
        </span>
      )}
      {run !== null && (
        <>
          <span className="font-mono text-[12px] text-soft" data-testid="run-id">
            {run.run_id}
          </span>
          {over ? (
            <span className="text-soft" data-testid="ended">
              ended {run.ended_at !== null && timeOfDay(run.ended_at)} after {elapsed(run.elapsed_s)}
              {run.stop_reason !== null && <>, {REASONS[run.stop_reason] ?? run.stop_reason}</>}
            </span>
          ) : (
            test.state !== 'PREPARING' && (
              <span data-testid="elapsed" title="elapsed">
                <span className="font-medium">{elapsed(run.elapsed_s)}</span>
                {run.duration_s !== null && remaining !== null && (
                  <span className="text-soft"> of {elapsed(run.duration_s)} · {elapsed(remaining)} left</span>
                )}
              </span>
            )
          )}
        </>
      )}
    </>
  );
}

function Progress({ test }: { test: Test }) {
  const run = test.run;
  if (run?.duration_s == null || test.state === 'IDLE' || test.state === 'PREPARING') return null;
  const done = Math.min(1, run.elapsed_s / run.duration_s);
  return (
    <div className="absolute inset-x-0 -bottom-px h-[2px]" aria-hidden>
      <div className="h-full bg-accent transition-[width] duration-1000 ease-linear" style={{ width: `${done * 100}%` }} />
    </div>
  );
}

const LINKS = {
  live: { label: 'Live', look: 'text-good' },
  connecting: { label: 'Connecting', look: 'text-warn' },
  reconnecting: { label: 'Reconnecting', look: 'text-bad' },
} as const;

function LinkState({ view }: { view: View }) {
  const { label, look } = LINKS[view.link];
  return (
    <span
      data-testid="link"
      data-link={view.link}
      role="status"
      className="flex items-center gap-1.5 text-[12px] text-soft"
      title={view.heardAt === null ? 'nothing heard from the orchestrator yet' : `last heard from the orchestrator at ${timeOfDay(view.heardAt)}`}
    >
      <span className={`size-1.5 rounded-full bg-current ${look} ${view.link === 'live' ? '' : 'pulse'}`} aria-hidden />
      <span className="sr-only sm:not-sr-only">{label}</span>
    </span>
  );
}

function ThemeToggle() {
  const { theme } = useSettings();
  const dark = useDark();
  const next = dark ? 'light' : 'dark';
  return (
    <button
      type="button"
      data-testid="theme"
      aria-label={`Use the ${next} theme`}
      title={theme === 'system' ? `Use the ${next} theme (now as the system)` : `Use the ${next} theme`}
      onClick={() => choose({ theme: next })}
      className="grid size-8 place-items-center rounded-md text-soft hover:bg-raised hover:text-ink"
    >
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.5" aria-hidden>
        <circle cx="8" cy="8" r="5.75" />
        <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5Z" fill="currentColor" stroke="none" />
      </svg>
    </button>
  );
}
