import type { Phase, Row } from '../data/contract';
import { count, ms, percent } from '../data/format';

const NAMES: Record<Phase['phase'], { title: string; colour: string; means: string }> = {
  blocked: { title: 'Blocked', colour: 'warn', means: 'waiting for a connection' },
  dns: { title: 'DNS', colour: 'info', means: 'looking the name up' },
  connect: { title: 'Connect', colour: 'p99', means: 'opening a connection' },
  tls: { title: 'TLS', colour: 'max', means: 'the handshake' },
  send: { title: 'Send', colour: 'users', means: 'until the request was handed over' },
  wait: { title: 'Wait', colour: 'p50', means: 'until the first byte of the response' },
  receive: { title: 'Receive', colour: 'p95', means: 'from the first byte to the last' },
};

/** Where the service time of a request's samples went, over the whole run: a bar of shares, and each phase in figures. */
export function PhasesRow({ row, columns }: { row: Row; columns: number }) {
  const phases = row.phases ?? [];
  return (
    <tr data-testid="phases" data-name={row.name}>
      <td colSpan={columns} className="left !bg-raised whitespace-normal">
        <div className="sticky left-3 flex w-[min(52rem,calc(100vw-4rem))] flex-col gap-2 py-1.5">
          <p className="text-[12px] text-soft">Where the service time goes, over the whole run</p>
          <span className="flex h-2 gap-px overflow-hidden rounded-full bg-line" aria-hidden>
            {phases.map((p) => (
              <span key={p.phase} style={{ flexGrow: p.share, background: `var(--color-${NAMES[p.phase].colour})` }} />
            ))}
          </span>
          <ul className="flex flex-wrap gap-x-6 gap-y-1 text-[12px]">
            {phases.map((p) => (
              <li key={p.phase} title={`${NAMES[p.phase].means}; ${count(p.count)} requests went through it`} data-testid="phase" data-phase={p.phase} data-count={p.count}>
                <span className="mr-1.5 inline-block size-2 rounded-full" style={{ background: `var(--color-${NAMES[p.phase].colour})` }} aria-hidden />
                <span className="text-soft">{NAMES[p.phase].title}</span> <span className="font-medium">{percent(p.share)} %</span>{' '}
                <span className="text-faint">
                  mean {ms(p.mean_ms)}, max {ms(p.max_ms)} ms{p.count < row.count && ` · ${count(p.count)} requests`}
                </span>
              </li>
            ))}
          </ul>
        </div>
      </td>
    </tr>
  );
}
