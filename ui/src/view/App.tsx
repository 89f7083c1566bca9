import { useEffect, useState, useSyncExternalStore } from 'react';
import { Charts } from '../chart/charts';
import { calls } from '../data/calls';
import type { Clock, RunState } from '../data/contract';
import type { Feed, View } from '../data/feed';
import { count, plural, rate } from '../data/format';
import type { Live } from '../data/live';
import { KillDialog, LoadDialog, StopDialog } from './runDialogs';
import { StartDialog } from './StartDialog';
import { Errors } from './Errors';
import { Header, type Asked } from './Header';
import { VerdictBar } from './Verdict';
import { Bar, Button, Command, Empty, Notice, Segmented } from './parts';
import { Probes } from './Probes';
import { Resources } from './Resources';
import { TABS, parse, useHash, type Tab } from './route';
import { PastRunPage, Runs } from './Runs';
import { choose, useSettings } from './settings';
import { StepsTable } from './StepsTable';
import { Tiles } from './Tiles';
import { NoWorkers, Workers } from './Workers';

const ALLOWED: Record<Asked, readonly RunState[]> = { start: ['IDLE'], load: ['RUNNING'], stop: ['PREPARING', 'RUNNING'], kill: ['PREPARING', 'RUNNING', 'STOPPING'] };

export function App({ feed }: { feed: Feed }) {
  const view = useSyncExternalStore(feed.subscribe, feed.view);
  const route = parse(useHash());
  const [asked, setAsked] = useState<Asked | null>(null);
  const { live } = view;
  const { test } = live;
  useTitle(live);
  useHistory(feed, live);

  const close = () => setAsked(null);
  // A dialog whose question no longer arises is gone for good: it must not come back with the next run.
  if (asked !== null && (test === null || !ALLOWED[asked].includes(test.state))) close();
  return (
    <>
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:bg-panel focus:p-3" onClick={(e) => { e.preventDefault(); document.getElementById('main')?.focus(); }}>
        Skip to the numbers
      </a>
      <Header view={view} onAsk={setAsked} />
      <main id="main" tabIndex={-1} className="mx-auto flex max-w-[1760px] flex-col gap-3 px-3 py-3 outline-none sm:px-5 sm:py-4">
        <h1 className="sr-only">vikhry load test</h1>
        <Notices view={view} />
        {test === null ? <Waiting /> : (
          <>
            {test.run !== null && route.id === null && <Tiles live={live} run={test.run} />}
            <Toolbar live={live} tab={route.tab} />
            {route.tab === 'overview' && <Overview live={live} onStart={() => setAsked('start')} />}
            {route.tab === 'errors' && <Errors errors={live.errors} query={route.query} />}
            {route.tab === 'probes' && <Probes probes={live.probes} runId={test.run?.run_id ?? null} />}
            {route.tab === 'workers' && <Workers workers={live.workers} now={test.now} scenario={test.scenario?.source ?? null} />}
            {route.tab === 'resources' && <Resources pools={live.pools} open={route.id} now={test.now} />}
            {route.tab === 'runs' && (route.id === null ? <Runs fresh={`${test.run?.run_id ?? ''}:${test.state}`} running={test.state === 'IDLE' ? null : (test.run?.run_id ?? null)} /> : <PastRunPage key={route.id} runId={route.id} />)}
          </>
        )}
      </main>
      {test !== null && asked === 'start' && <StartDialog test={test} workers={live.workers.length} onClose={close} />}
      {test !== null && asked === 'load' && <LoadDialog test={test} onClose={close} />}
      {test !== null && asked === 'stop' && <StopDialog test={test} onClose={close} onKill={() => setAsked('kill')} />}
      {test !== null && asked === 'kill' && <KillDialog onClose={close} />}
    </>
  );
}

const NAMES: Record<Tab, string> = { overview: 'Overview', errors: 'Errors', probes: 'Probes', workers: 'Workers', resources: 'Resources', runs: 'Runs' };

const CLOCKS = [
  { value: 'response', label: 'Response time', testId: 'clock-response' },
  { value: 'service', label: 'Service time', testId: 'clock-service' },
] as const satisfies readonly { value: Clock; label: string; testId: string }[];

const CLOCK_MEANS: Record<Clock, string> = {
  response: 'From when a request was meant to start, waiting included: what a user feels.',
  service: 'From when a request was really sent, without the wait before it: what the target took.',
};

function Toolbar({ live, tab }: { live: Live; tab: Tab }) {
  const { clock } = useSettings();
  const lost = live.workers.filter((w) => !w.healthy).length;
  const failing = live.probes.filter((p) => p.last?.ok === false).length;
  const counts: Partial<Record<Tab, number>> = { errors: live.errors.length, probes: live.probes.length, workers: live.workers.length };
  const alarming = (name: Tab) => name === 'errors' || (name === 'workers' && lost > 0) || (name === 'probes' && failing > 0);
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
      <nav aria-label="Parts of the page" className="-mx-1 flex max-w-full overflow-x-auto px-1">
        {TABS.map((name) => (
          <a
            key={name}
            href={`#/${name}`}
            data-testid={`tab-${name}`}
            aria-current={name === tab ? 'page' : undefined}
            className="rounded-md px-2.5 py-1.5 whitespace-nowrap text-soft hover:text-ink aria-[current=page]:bg-line aria-[current=page]:font-medium aria-[current=page]:text-ink sm:px-3"
          >
            {NAMES[name]}
            {(counts[name] ?? 0) > 0 && (
              <span className={`ml-1.5 text-[12px] ${alarming(name) ? 'text-bad' : 'text-soft'}`}>{count(counts[name])}</span>
            )}
          </a>
        ))}
      </nav>
      {live.test?.run != null && <div className="ml-auto flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1.5">
        <p className="text-[12px] text-soft" data-testid="clock-means">
          {CLOCK_MEANS[clock]}
        </p>
        <Segmented label="Clock of all latencies" choices={CLOCKS} value={clock} onChoose={(value) => choose({ clock: value })} />
      </div>}
    </div>
  );
}

function Overview({ live, onStart }: { live: Live; onStart: () => void }) {
  const { test, workers } = live;
  if (test === null) return null;
  if (test.run === null) {
    return (
      <section className="panel" aria-label="Getting started">
        {workers.length === 0 ? <NoWorkers scenario={test.scenario?.source ?? null} /> : <NoRun live={live} onStart={onStart} />}
      </section>
    );
  }
  return (
    <>
      {test.state === 'PREPARING' && <Preparing live={live} />}
      {test.run.verdict !== undefined && test.state !== 'PREPARING' && (
        <VerdictBar verdict={test.run.verdict} lost={test.run.lost_workers ?? []} startedAt={test.run.started_at} />
      )}
      <Charts series={live.series} settled={test.state === 'IDLE'} />
      <StepsTable rows={live.rows} totals={live.totals} past={test.state === 'IDLE'} />
    </>
  );
}

function NoRun({ live, onStart }: { live: Live; onStart: () => void }) {
  const scenario = live.test?.scenario ?? null;
  return (
    <Empty title="Ready for the first run" testId="no-run">
      <p>
        {live.workers.length === 1 ? 'One worker waits' : `${count(live.workers.length)} workers wait`}
        {scenario === null ? ', but there is no scenario yet.' : ` to run ${scenario.name}.`}
      </p>
      {scenario === null ? (
        <Command>vikhry infra up --worker-count 2 --scenario ShopVU.java</Command>
      ) : (
        <>
          <Button look="primary" onClick={onStart} className="mt-2">
            Start a run
          </Button>
          <p className="mt-2 text-[12px] text-faint">or from a terminal:</p>
          <Command>vikhry test start --users 10</Command>
        </>
      )}
    </Empty>
  );
}

function Preparing({ live }: { live: Live }) {
  const prepare = live.test?.run?.prepare;
  if (prepare == null) return null;
  return (
    <section className="panel flex flex-wrap items-center gap-x-10 gap-y-2 px-4 py-3" data-testid="preparing" aria-label="Preparing" role="status">
      <span className="font-semibold">Preparing the run</span>
      <Step label="Workers ready" done={prepare.workers_ready} of={prepare.workers} />
      {prepare.resources > 0 && <Step label="Resources made" done={prepare.resources_ready} of={prepare.resources} />}
      {prepare.resources_failed > 0 && <span className="font-medium text-bad">{prepare.resources_failed} could not be made</span>}
      <span className="text-soft">Users start when all is there.</span>
    </section>
  );
}

function Step({ label, done, of }: { label: string; done: number; of: number }) {
  return (
    <span className="flex items-center gap-3">
      <span className="text-soft">{label}</span>
      <Bar share={of === 0 ? 0 : done / of} tone="info" className="w-32" />
      <span>
        {count(done)} / {count(of)}
      </span>
    </span>
  );
}

function Notices({ view }: { view: View }) {
  const { test } = view.live;
  const failed = test?.run?.failed_users;
  const heard = useSecondsSince(view.link === 'reconnecting' ? view.heardAt : null);
  return (
    <>
      {view.link === 'reconnecting' && (
        <Notice tone="bad" testId="stale">
          <strong className="font-semibold">The orchestrator does not answer.</strong>
          <span>
            {heard === null ? 'These are the last numbers heard.' : `These numbers are ${count(heard)} s old.`} The page reconnects by itself.
          </span>
        </Notice>
      )}
      {failed !== undefined && failed.count > 0 && (
        <Notice tone="bad" testId="failed-users">
          <strong className="font-semibold">{plural(failed.count, 'time')} a user ended by an exception.</strong>
          {failed.reasons.slice(0, 3).map((reason) => (
            <span key={`${reason.in}:${reason.message}`} className="break-words">
              {count(reason.count)} in {reason.in}: {reason.message}
            </span>
          ))}
        </Notice>
      )}
      {test?.last_error != null && test.state === 'IDLE' && (
        <Notice tone="bad" testId="last-error">
          <strong className="font-semibold">The last start failed.</strong>
          <span className="break-words">{test.last_error}</span>
        </Notice>
      )}
    </>
  );
}

function useSecondsSince(at: number | null): number | null {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (at === null) return undefined;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [at]);
  return at === null ? null : Math.max(0, Math.round((now - at) / 1_000));
}

function Waiting() {
  return (
    <div className="panel">
      <Empty title="Connecting to the orchestrator…" testId="waiting">
        <p>If this stays, see whether it still runs; the page connects by itself once it does.</p>
      </Empty>
    </div>
  );
}

function useTitle(live: Live): void {
  const state = live.test?.state;
  const rps = live.totals?.recent?.rps ?? null;
  useEffect(() => {
    const names = { IDLE: 'Idle', PREPARING: 'Preparing', RUNNING: `${rate(rps)}/s · Running`, STOPPING: 'Stopping' };
    document.title = state === undefined ? 'vikhry' : `${names[state]} · vikhry`;
  }, [state, rps]);
}

/** A page opened late has only the last hour: the rest of the run is fetched when all of it is asked for. */
function useHistory(feed: Feed, live: Live): void {
  const { range } = useSettings();
  const run = live.test?.run ?? null;
  const first = live.series.points[0]?.t ?? null;
  const runId = run?.run_id ?? null;
  const wanted = range === 'all' && run !== null && first !== null && first - run.started_at > 60_000;
  useEffect(() => {
    if (!wanted || runId === null) return undefined;
    const abort = new AbortController();
    calls.series(runId, abort.signal).then(
      (points) => feed.history(runId, points),
      () => undefined, // The chart then begins where the page's own knowledge does.
    );
    return () => abort.abort();
  }, [feed, wanted, runId]);
}
