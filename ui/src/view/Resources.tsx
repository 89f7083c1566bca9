import type { Pool } from '../data/contract';
import { count } from '../data/format';
import { Empty, Heading, TableRegion } from './parts';

export function Resources({ pools }: { pools: readonly Pool[] }) {
  return (
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
                  <th scope="col" className="left w-full border-t border-t-line">Leased, available, failed</th>
                  {['Created', 'Available', 'Leased', 'Waiting', 'Failed'].map((title) => (
                    <th key={title} scope="col" className="border-t border-t-line">
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {pools.map((p) => (
                  <tr key={p.pool} data-testid="pool" data-pool={p.pool}>
                    <td className="left pinned font-medium">{p.pool}</td>
                    <td className="left">
                      <span className="flex h-1.5 min-w-32 max-w-xl gap-px overflow-hidden rounded-full bg-line" aria-hidden>
                        <span className="bg-accent" style={{ flexGrow: p.leased }} />
                        <span className="bg-accent/30" style={{ flexGrow: p.available }} />
                        <span className="bg-bad" style={{ flexGrow: p.failed }} />
                      </span>
                    </td>
                    <td>{count(p.created)}</td>
                    <td className={p.available === 0 && p.created > 0 ? 'font-medium text-warn' : ''}>{count(p.available)}</td>
                    <td>{count(p.leased)}</td>
                    <td className={p.waiting > 0 ? 'font-medium text-warn' : 'text-faint'}>{count(p.waiting)}</td>
                    <td className={p.failed > 0 ? 'font-medium text-bad' : 'text-faint'}>{count(p.failed)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </TableRegion>
        </>
      )}
    </section>
  );
}
