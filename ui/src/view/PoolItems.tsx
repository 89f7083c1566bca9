import { useState } from 'react';
import { calls, newKey } from '../data/calls';
import { ITEM_STATES, type Item, type ItemState, type Pool } from '../data/contract';
import { elapsed } from '../data/format';
import { QuarantineDialog } from './poolDialogs';
import { Button, Heading, Notice, Segmented, TableRegion, type Choice } from './parts';
import { useAnswer } from './useAnswer';

type Filter = 'ALL' | ItemState;

const FILTERS: readonly Choice<Filter>[] = (['ALL', ...ITEM_STATES] as const).map((value) => ({
  value,
  label: value === 'ALL' ? 'All' : value.charAt(0) + value.slice(1).toLowerCase(),
  testId: `items-${value.toLowerCase()}`,
}));

const TONES: Record<ItemState, string> = { AVAILABLE: 'text-soft', LEASED: 'text-accent', QUARANTINED: 'text-warn', PENDING: 'text-faint', FAILED: 'text-bad' };

/** The items of a pool, page by page; asked for again every two seconds while they are shown. */
export function PoolItems({ pool, now }: { pool: Pool; now: number }) {
  const [filter, setFilter] = useState<Filter>('ALL');
  const [pages, setPages] = useState<readonly number[]>([0]);
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<Item | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const after = pages[pages.length - 1] ?? 0;
  const { value: page, failure } = useAnswer(
    (signal) => calls.items(pool.pool, after, filter === 'ALL' ? null : filter, signal),
    `${after}:${filter}:${changes}:${Math.floor(now / 2_000)}`,
  );
  const choose = (next: Filter) => {
    setFilter(next);
    setPages([0]);
  };
  const restore = (item: Item) => {
    setRefused(null);
    calls.restore(pool.pool, item.id, newKey()).then(
      () => setChanges((n) => n + 1),
      (problem: unknown) => setRefused(problem instanceof Error ? problem.message : String(problem)),
    );
  };
  const items = page?.items ?? [];
  const problem = refused ?? failure;
  return (
    <section className="panel" aria-label={`Items of ${pool.pool}`} data-testid="pool-items">
      <Heading right={<Segmented label="Show items that are" choices={FILTERS} value={filter} onChoose={choose} />}>Items of {pool.pool}</Heading>
      {problem !== null && <Notice tone="bad">{problem}</Notice>}
      <TableRegion label={`Table of items of ${pool.pool}`}>
        <table className="grid-table">
          <thead>
            <tr>
              <th scope="col" className="border-t border-t-line">Id</th>
              <th scope="col" className="left border-t border-t-line">State</th>
              <th scope="col" className="border-t border-t-line">For</th>
              <th scope="col" className="left border-t border-t-line">Holder</th>
              <th scope="col" className="left w-full border-t border-t-line">Value, or why it is out of use</th>
              <th scope="col" className="border-t border-t-line"><span className="sr-only">Actions</span></th>
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={item.id} data-testid="item" data-item={item.id}>
                <td>{item.id}</td>
                <td className={`left ${TONES[item.state]}`}>{item.state.toLowerCase()}</td>
                <td>{elapsed(item.since === null ? null : (now - item.since) / 1_000)}</td>
                <td className="left">{item.holder === null ? '' : `user ${item.holder.user} on ${item.holder.worker}`}</td>
                <td className="left max-w-0 truncate font-mono text-[12px]" title={shown(item)}>{shown(item)}</td>
                <td>
                  {item.state === 'QUARANTINED' && <Button className="h-7" onClick={() => restore(item)} data-testid="item-restore">Restore</Button>}
                  {(item.state === 'AVAILABLE' || item.state === 'LEASED') && <Button className="h-7" onClick={() => setAsked(item)} data-testid="item-quarantine">Quarantine</Button>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableRegion>
      <div className="flex items-center gap-2 px-4 py-2 text-soft">
        {items.length === 0 ? 'None here.' : `Items ${items[0]?.id} to ${items[items.length - 1]?.id}`}
        <span className="ml-auto flex gap-2">
          <Button disabled={pages.length === 1} onClick={() => setPages(pages.slice(0, -1))} data-testid="items-back">Back</Button>
          <Button disabled={page === null || page.next === null} onClick={() => page?.next != null && setPages([...pages, page.next])} data-testid="items-next">Next</Button>
        </span>
      </div>
      {asked !== null && (
        <QuarantineDialog
          pool={pool.pool}
          item={asked}
          onClose={() => {
            setAsked(null);
            setChanges((n) => n + 1);
          }}
        />
      )}
    </section>
  );
}

const shown = (item: Item): string => item.reason ?? (item.value == null ? '' : JSON.stringify(item.value));
