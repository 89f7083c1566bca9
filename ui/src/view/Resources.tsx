import { useState } from 'react';
import type { Pool } from '../data/contract';
import { count, ms } from '../data/format';
import { PoolItems } from './PoolItems';
import { CreateItemsDialog, ResetPoolDialog } from './poolDialogs';
import { Button, Empty, Heading, TableRegion } from './parts';

type Asked = { readonly what: 'create' | 'reset'; readonly pool: Pool } | null;

/** The pools of the cluster, and below them the items of the one that is open. */
export function Resources({ pools, open, now }: { pools: readonly Pool[]; open: string | null; now: number }) {
  const [asked, setAsked] = useState<Asked>(null);
  const shown = pools.find((p) => p.pool === open) ?? null;
  const close = () => setAsked(null);
  return (
    <>
      <section className="panel" aria-label="Resources">
        {pools.length === 0 ? (
          <Empty title="No resource pools" testId="resources-empty">
            <p>
              A scenario that needs accounts, cards or other things of its own makes them in a <code className="font-mono">@Resource</code> factory; each has at most one holder.
            </p>
          </Empty>
        ) : (
          <>
            <Heading>
              Resources <span className="ml-1 font-normal text-soft">each has at most one holder</span>
            </Heading>
            <TableRegion label="Table of resource pools">
              <table className="grid-table" data-testid="resources-table">
                <thead>
                  <tr>
                    <th scope="col" className="left pinned border-t border-t-line">Pool</th>
                    <th scope="col" className="left w-full border-t border-t-line">Leased, available, out of use</th>
                    {['Available', 'Leased', 'Waiting', 'Wait p95 ms', 'Exhausted', 'Reclaimed', 'Quarantined', 'Made', 'Failed', ''].map((title) => (
                      <th key={title} scope="col" className="border-t border-t-line">
                        {title === '' ? <span className="sr-only">Actions</span> : title}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {pools.map((p) => (
                    <PoolRow key={p.pool} pool={p} open={p === shown} onCreate={() => setAsked({ what: 'create', pool: p })} onReset={() => setAsked({ what: 'reset', pool: p })} />
                  ))}
                </tbody>
              </table>
            </TableRegion>
          </>
        )}
      </section>
      {shown !== null && <PoolItems key={shown.pool} pool={shown} now={now} />}
      {asked?.what === 'create' && <CreateItemsDialog pool={asked.pool} onClose={close} />}
      {asked?.what === 'reset' && <ResetPoolDialog pool={asked.pool} onClose={close} />}
    </>
  );
}

const warn = (bad: boolean) => (bad ? 'font-medium text-warn' : 'text-faint');

function PoolRow({ pool: p, open, onCreate, onReset }: { pool: Pool; open: boolean; onCreate: () => void; onReset: () => void }) {
  return (
    <tr data-testid="pool" data-pool={p.pool}>
      <td className="left pinned font-medium">
        <a href={open ? '#/resources' : `#/resources/${encodeURIComponent(p.pool)}`} aria-expanded={open} data-testid="pool-open" className="rounded text-accent hover:underline">
          {p.pool}
        </a>
      </td>
      <td className="left">
        <span className="flex h-1.5 min-w-32 max-w-xl gap-px overflow-hidden rounded-full bg-line" aria-hidden>
          <span className="bg-accent" style={{ flexGrow: p.leased }} />
          <span className="bg-accent/30" style={{ flexGrow: p.available }} />
          <span className="bg-bad" style={{ flexGrow: p.quarantined + p.failed }} />
        </span>
      </td>
      <td className={p.available === 0 && p.created > 0 ? 'font-medium text-warn' : ''}>{count(p.available)}</td>
      <td>{count(p.leased)}</td>
      <td className={warn(p.waiting > 0)}>{count(p.waiting)}</td>
      <td>{ms(p.wait_p95_ms)}</td>
      <td className={p.exhausted > 0 ? 'font-medium text-bad' : 'text-faint'}>{count(p.exhausted)}</td>
      <td className={warn(p.reclaimed > 0)}>{count(p.reclaimed)}</td>
      <td className={warn(p.quarantined > 0)}>{count(p.quarantined)}</td>
      <td>{p.pending > 0 ? `${count(p.made)} of ${count(p.ordered)}` : count(p.created)}</td>
      <td className={p.failed > 0 ? 'font-medium text-bad' : 'text-faint'}>{count(p.failed)}</td>
      <td>
        <span className="inline-flex gap-2">
          <Button className="h-7" onClick={onCreate} data-testid="pool-create">Create</Button>
          <Button className="h-7" onClick={onReset} data-testid="pool-reset">Reset</Button>
        </span>
      </td>
    </tr>
  );
}
