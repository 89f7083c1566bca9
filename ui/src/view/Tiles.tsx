import type { ReactNode } from 'react';
import type { Run } from '../data/contract';
import type { Live } from '../data/live';
import { count, ms, percent, plural, rate, share } from '../data/format';
import { figures, latencyOf } from '../data/table';
import { Bar } from './parts';
import { useSettings } from './settings';

/** The figures one looks for first: of the last 10 s while a run goes on, of the whole run when it has ended. */
export function Tiles({ live, run }: { live: Live; run: Run }) {
  const { clock } = useSettings();
  const { totals, completeness } = live;
  const lost = run.lost_workers?.length ?? 0;
  const ended = live.test?.state === 'IDLE';
  const now = totals === null ? null : figures(totals, ended ? 'run' : 'recent');
  const latency = now === null ? null : latencyOf(now, clock);
  const whole = totals === null ? null : latencyOf(totals, clock);
  const scope = ended ? 'whole run' : 'last 10 s';
  const failed = totals === null ? null : share(totals.failures, totals.count);
  const known = completeness !== null && completeness.batches + completeness.missing_batches > 0;
  const missing = run.arrivals?.missing ?? 0;
  const failing = now === null ? null : share(now.failures, now.count);

  return (
    <section aria-label="Key figures" className="panel grid grid-cols-2 overflow-hidden sm:grid-cols-4 xl:grid-cols-[1.15fr_1fr_1.1fr_1fr_1fr_1fr_1.1fr]">
      {run.model === 'rate' ? (
        <Tile testId="tile-debt" label="Debt" scope={ended ? 'never started' : 'arrivals waiting'} value={count(run.arrivals?.unstarted ?? 0)} unit="" tone={run.arrivals?.unstarted ? 'text-warn' : ''}>
          {ended
            ? `${count(run.arrivals?.started ?? 0)} of ${plural(run.arrivals?.intended ?? 0, 'arrival')} started${missing > 0 ? `, ${count(missing)} unknown` : ''}`
            : `${rate(run.target_rate)}/s · ${plural(run.active_users, 'user')}${missing > 0 ? ` · ${count(missing)} unknown` : ''}`}
        </Tile>
      ) : ended ? (
        <Tile testId="tile-users" label="Users" scope="at the end" value={count(run.target_users)} unit="">
          all have left
        </Tile>
      ) : (
        <Tile testId="tile-users" label="Users" value={count(run.active_users)} unit={`/ ${count(run.target_users)}`}>
          <Bar share={run.target_users === 0 ? 0 : run.active_users / run.target_users} tone="good" className="w-full max-w-32" />
        </Tile>
      )}
      <Tile testId="tile-rps" label="Throughput" scope={scope} value={rate(now?.rps)} unit="req/s">
        {plural(totals?.count ?? 0, 'request')} in all
      </Tile>
      <Tile testId="tile-failures" label="Failures" scope="whole run" value={percent(failed)} unit={failed === null ? '' : '%'} tone={failed ? 'text-bad' : ''}>
        {ended
          ? `${count(totals?.failures ?? 0)} of ${plural(totals?.count ?? 0, 'request')}`
          : `${count(totals?.failures ?? 0)} in all · ${failing === null ? '–' : `${percent(failing)} %`} in 10 s`}
      </Tile>
      {(['p50', 'p95', 'p99'] as const).map((key) => (
        <Tile key={key} testId={`tile-${key}`} label={key} scope={scope} value={ms(latency?.[key])} unit="ms" swatch={`var(--color-${key})`}>
          {ended ? `${clock} time` : `whole run ${ms(whole?.[key])}`}
        </Tile>
      ))}
      <Tile
        testId="tile-completeness"
        label="Completeness"
        value={percent(known ? completeness.ratio : null)}
        unit={known ? '%' : ''}
        tone={known && completeness.ratio < 1 ? 'text-warn' : ''}
        wide
      >
        {!known
          ? 'nothing measured yet'
          : completeness.missing_batches === 0
          ? (lost === 0 ? 'no batch is missing' : `besides ${plural(lost, 'lost worker')}`)
          : `${count(completeness.missing_batches)} of ${plural(completeness.batches + completeness.missing_batches, 'batch', 'batches')} missing`}
      </Tile>
    </section>
  );
}

interface TileProps {
  label: string;
  value: string;
  unit: string;
  testId: string;
  children: ReactNode;
  scope?: string;
  tone?: string;
  swatch?: string;
  wide?: boolean;
}

function Tile({ label, scope, value, unit, testId, children, tone = '', swatch, wide = false }: TileProps) {
  return (
    <div data-testid={testId} className={`-mt-px -ml-px flex min-w-0 flex-col gap-0.5 border-t border-l border-line px-4 py-3 ${wide ? 'col-span-2 xl:col-span-1' : ''}`}>
      <div className="flex items-center gap-1.5 text-[12px] text-soft">
        {swatch !== undefined && <span className="h-[3px] w-3 rounded-full" style={{ background: swatch }} aria-hidden />}
        <span className="font-medium">{label}</span>
        {scope !== undefined && <span className="truncate text-faint">{scope}</span>}
      </div>
      <div className={`truncate text-[24px] leading-8 font-semibold tracking-tight ${tone}`}>
        <span data-testid={`${testId}-value`}>{value}</span> <span className="text-[13px] font-normal tracking-normal text-soft">{unit}</span>
      </div>
      <div className="truncate text-[12px] text-soft">{children}</div>
    </div>
  );
}
