import type { ReactNode } from 'react';
import type { Live } from '../data/live';
import { count, ms, percent, plural, rate, share } from '../data/format';
import { figures, latencyOf } from '../data/table';
import { Bar } from './parts';
import { useSettings } from './settings';

/** The figures one looks for first: of the last 10 s while a run goes on, of the whole run when it has ended. */
export function Tiles({ live }: { live: Live }) {
  const { clock } = useSettings();
  const run = live.test?.run ?? null;
  const going = live.test?.state === 'RUNNING' || live.test?.state === 'STOPPING';
  const totals = live.totals;
  const now = totals === null ? null : figures(totals, going ? 'recent' : 'run');
  const latency = now === null ? null : latencyOf(now, clock);
  const whole = totals === null ? null : latencyOf(totals, clock);
  const scope = going ? 'last 10 s' : 'whole run';
  const failed = totals === null ? null : share(totals.failures, totals.count);
  const failing = going && now !== null ? share(now.failures, now.count) : null;
  const completeness = live.completeness;
  const empty = run === null || totals === null;

  return (
    <section aria-label="Key figures" className="panel grid grid-cols-2 overflow-hidden sm:grid-cols-4 xl:grid-cols-[1.15fr_1fr_1.1fr_1fr_1fr_1fr_1.1fr]">
      <Tile testId="tile-users" label="Users" value={empty ? '–' : count(run.active_users)} unit={empty ? '' : `/ ${count(run.target_users)}`}>
        {empty ? 'active / target' : <Bar share={run.target_users === 0 ? 0 : run.active_users / run.target_users} tone={going ? 'good' : 'idle'} className="w-full max-w-32" />}
      </Tile>
      <Tile testId="tile-rps" label="Throughput" scope={scope} value={empty ? '–' : rate(now?.rps)} unit="req/s">
        {empty ? 'no requests yet' : `${count(totals.count)} requests in all`}
      </Tile>
      <Tile testId="tile-failures" label="Failures" scope="whole run" value={empty ? '–' : percent(failed)} unit={failed === null || empty ? '' : '%'} tone={empty || !failed ? '' : 'text-bad'}>
        {empty ? 'no failures yet' : going ? `${count(totals.failures)} in all · ${failing === null ? '–' : `${percent(failing)} %`} in 10 s` : `${count(totals.failures)} of ${plural(totals.count, 'request')}`}
      </Tile>
      {(['p50', 'p95', 'p99'] as const).map((key) => (
        <Tile key={key} testId={`tile-${key}`} label={key} scope={scope} value={empty ? '–' : ms(latency?.[key])} unit="ms" swatch={`var(--color-${key})`}>
          {empty ? `${clock} time` : going ? `whole run ${ms(whole?.[key])}` : `${clock} time`}
        </Tile>
      ))}
      <Tile
        testId="tile-completeness"
        label="Completeness"
        value={empty || completeness === null ? '–' : percent(completeness.ratio)}
        unit={empty || completeness === null ? '' : '%'}
        tone={!empty && completeness !== null && completeness.ratio < 1 ? 'text-warn' : ''}
        wide
      >
        {empty || completeness === null
          ? 'share of all samples'
          : completeness.missing_batches === 0
            ? 'no batch is missing'
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
