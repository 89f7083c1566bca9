import type { Worker } from '../data/contract';
import { bytes, count, percent, rate, timeOfDay } from '../data/format';
import { Bar, Command, Empty, Heading, Pill, TableRegion, levelOf, type Tone } from './parts';

/** Past these the generator itself bends the numbers: a late loop is latency the target never caused. */
const CPU = [0.7, 0.9] as const;
const LOOP = [0.7, 0.85] as const;
const LAG_MS = [5, 10] as const;
const OFFSET_MS = [2, 10] as const;

const INK: Record<Tone, string> = { good: '', warn: 'text-warn font-medium', bad: 'text-bad font-medium', info: '', idle: '' };

const PHASES: Record<string, Tone> = { RUNNING: 'good', READY: 'info', PREPARING: 'info', DRAINING: 'warn', PARKED: 'bad', LEAVING: 'warn' };

const HEALTH: Record<string, Tone> = { healthy: 'good', lagging: 'warn', saturated: 'bad' };

export function NoWorkers({ scenario }: { scenario: string | null }) {
  const file = scenario ?? 'ShopVU.java';
  return (
    <Empty title="No workers yet" testId="no-workers">
      <p>Users run on workers. Start some, and they appear here within a second:</p>
      <Command>{`vikhry infra up --worker-count 2 --scenario ${file}`}</Command>
      <p className="text-[12px] text-faint">
        That starts Redis, an orchestrator and two workers on this machine; <code className="font-mono">vikhry worker start</code> adds one to a cluster that runs.
      </p>
    </Empty>
  );
}

export function Workers({ workers, now, scenario }: { workers: readonly Worker[]; now: number; scenario: string | null }) {
  if (workers.length === 0) {
    return (
      <section className="panel" aria-label="Workers">
        <NoWorkers scenario={scenario} />
      </section>
    );
  }
  return (
    <section className="panel" aria-label="Workers">
      <Heading>
        Workers <span className="ml-1 font-normal text-soft">the generator itself, each second</span>
      </Heading>
      <TableRegion label="Table of workers">
        <table className="grid-table" data-testid="workers-table">
          <thead>
            <tr>
              {[
                ['Worker', 'left pinned'],
                ['State', 'left'],
                ['Health', 'left'],
                ['Users', ''],
                ['Req/s', ''],
                ['CPU of capacity', ''],
                ['Loop', ''],
                ['Loop lag p99', ''],
                ['GC pause', ''],
                ['Memory', ''],
                ['Clock offset', ''],
                ['Engine', 'left'],
                ['Last seen', ''],
              ].map(([title, look]) => (
                <th key={title} scope="col" className={`border-t border-t-line ${look}`}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {workers.map((w) => [
              <tr key={w.id} data-testid="worker" data-worker={w.id} data-healthy={w.healthy}>
                <td className="left pinned">
                  <div className="font-medium">{w.id}</div>
                  <div className="font-mono text-[11px] text-faint">
                    {w.host}:{w.pid}
                  </div>
                </td>
                <td className="left">
                  {w.healthy ? <Pill tone={PHASES[w.phase] ?? 'idle'}>{w.phase.toLowerCase()}</Pill> : <Pill tone="bad">lost</Pill>}
                </td>
                <td className="left" title={w.health_reasons.join('; ')}>
                  <Pill tone={w.healthy ? (HEALTH[w.health] ?? 'idle') : 'idle'} data-testid="worker-health" data-health={w.health}>
                    {w.healthy ? w.health : `was ${w.health}`}
                  </Pill>
                  {w.health !== 'healthy' && w.health_reasons.length > 0 && <div className="text-[11px] text-faint">{w.health_reasons[0]}</div>}
                </td>
                <td>
                  {count(w.active_users)} <span className="text-soft">/ {count(w.assigned_users)}</span>
                  {w.failed_users > 0 && <div className="text-[11px] text-bad">{count(w.failed_users)} failed to start</div>}
                </td>
                <td>{rate(w.rps)}</td>
                <Share value={w.capacity > 0 ? w.cpu / w.capacity : 0} bounds={CPU} note={`${w.cpu.toFixed(2)} of ${Number(w.capacity.toFixed(2))} cores`} />
                <Share value={w.loop_utilisation} bounds={LOOP} note="busiest loop" />
                <td className={INK[levelOf(w.loop_lag_p99_ms, ...LAG_MS)]}>{w.loop_lag_p99_ms.toFixed(1)} ms</td>
                <td>{w.gc_pause_ms.toFixed(1)} ms</td>
                <td>
                  {bytes(w.rss_bytes)}
                  <div className="text-[11px] text-faint">heap {bytes(w.heap_bytes)}</div>
                </td>
                <td className={INK[levelOf(Math.abs(w.clock_offset_ms), ...OFFSET_MS)]}>{w.clock_offset_ms.toFixed(2).replace('-', '−')} ms</td>
                <td className="left max-w-56 truncate text-soft" title={w.engine}>
                  {w.engine}
                </td>
                <td className={w.healthy ? 'text-soft' : INK.bad}>
                  {now - w.last_seen_at < 2_500 ? 'now' : `${Math.round((now - w.last_seen_at) / 1_000)} s ago`}
                  <div className="sr-only">{timeOfDay(w.last_seen_at)}</div>
                </td>
              </tr>,
              w.warning !== null && (
                <tr key={`${w.id}:warning`} data-testid="worker-warning">
                  <td colSpan={13} className="left !bg-warn/8 whitespace-normal text-warn">
                    {w.warning}
                  </td>
                </tr>
              ),
              w.error !== null && (
                <tr key={`${w.id}:error`}>
                  <td colSpan={13} className="left !bg-bad/8 whitespace-normal text-bad">
                    {w.error}
                  </td>
                </tr>
              ),
            ])}
          </tbody>
        </table>
      </TableRegion>
    </section>
  );
}

function Share({ value, bounds, note }: { value: number; bounds: readonly [number, number]; note: string }) {
  const tone = levelOf(value, ...bounds);
  return (
    <td>
      <span className={INK[tone]}>{percent(Math.round(value * 1_000) / 1_000)} %</span>
      <Bar share={value} tone={tone} className="ml-2 w-12" />
      <div className="text-[11px] text-faint">{note}</div>
    </td>
  );
}
