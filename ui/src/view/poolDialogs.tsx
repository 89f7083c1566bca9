import { useState } from 'react';
import { calls } from '../data/calls';
import type { Item, Pool } from '../data/contract';
import { count } from '../data/format';
import { Dialog, Field, Refused } from './Dialog';
import { useChange } from './useChange';

export function CreateItemsDialog({ pool, onClose }: { pool: Pool; onClose: () => void }) {
  const [number, setNumber] = useState('10');
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => (field === 'count' ? 'count' : null));
  const submit = () => {
    const items = Number(number.trim());
    if (!/^\d+$/.test(number.trim()) || items < 1 || items > 1_000_000) wrong({ count: 'a whole number from 1 to 1,000,000' });
    else void send((key) => calls.createItems(pool.pool, items, key));
  };
  return (
    <Dialog title={`Create items of ${pool.pool}`} testId="create-dialog" action="Create" busy={busy} onSubmit={submit} onClose={onClose}>
      <Refused>{refused}</Refused>
      <Field label="Items" name="count" required error={errors['count']} hint={`beside the ${count(pool.created)} that there are; the scenario's factory makes them on all workers`}>
        {(wiring) => <input {...wiring} className="field" inputMode="numeric" autoComplete="off" value={number} onChange={(e) => setNumber(e.target.value)} />}
      </Field>
    </Dialog>
  );
}

export function ResetPoolDialog({ pool, onClose }: { pool: Pool; onClose: () => void }) {
  const { busy, refused, send } = useChange(onClose, () => null);
  return (
    <Dialog title={`Reset ${pool.pool}`} testId="reset-dialog" action="Reset" danger busy={busy} onSubmit={() => void send((key) => calls.resetPool(pool.pool, key))} onClose={onClose}>
      <Refused>{refused}</Refused>
      <p>All {count(pool.created)} items become available: leases and quarantines end, faults and failures are forgotten. Not while a run is on.</p>
    </Dialog>
  );
}

export function QuarantineDialog({ pool, item, onClose }: { pool: string; item: Item; onClose: () => void }) {
  const [reason, setReason] = useState('');
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => (field === 'reason' ? 'reason' : null));
  const submit = () => {
    if (reason.trim() === '') wrong({ reason: 'say why, for whoever restores it' });
    else void send((key) => calls.quarantine(pool, item.id, reason.trim(), key));
  };
  return (
    <Dialog title={`Take item ${item.id} of ${pool} out of use`} testId="quarantine-dialog" action="Quarantine" danger busy={busy} onSubmit={submit} onClose={onClose}>
      <Refused>{refused}</Refused>
      {item.holder !== null && <p className="text-soft">User {item.holder.user} on {item.holder.worker} holds it, and works on with it; nobody else gets it.</p>}
      <Field label="Reason" name="reason" required error={errors['reason']} hint="kept with the item">
        {(wiring) => <input {...wiring} className="field" autoComplete="off" value={reason} onChange={(e) => setReason(e.target.value)} />}
      </Field>
    </Dialog>
  );
}
