import { useState } from 'react';
import { calls } from '../data/calls';
import type { Test } from '../data/contract';
import { count, plural, rate as perSecond } from '../data/format';
import { readRate, readSeconds, readUsers } from '../data/form';
import { Dialog, Refused } from './Dialog';
import { Text } from './fields';
import { useChange } from './useChange';

/** Changes the load of the run: its users or, in the open model, its rate. */
export function LoadDialog({ test, onClose }: { test: Test; onClose: () => void }) {
  const run = test.run;
  const open = run?.model === 'rate';
  const name = open ? 'rate' : 'users';
  const target = (open ? run?.target_rate : run?.target_users) ?? 0;
  const [load, setLoad] = useState(String(target));
  const [ramp, setRamp] = useState('');
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => (field === name || field === 'ramp_s' ? field : null));
  const submit = () => {
    const number = open ? readRate(load) : readUsers(load);
    const seconds = readSeconds(ramp, 0);
    if (typeof number === 'string') wrong({ [name]: number });
    else if (typeof seconds === 'string') wrong({ ramp_s: seconds });
    else void send((key) => (open ? calls.rate(number, seconds ?? 0, key) : calls.users(number, seconds ?? 0, key)));
  };
  return (
    <Dialog title={open ? 'Change the rate' : 'Change users'} testId="load-dialog" action="Change" busy={busy} onSubmit={submit} onClose={onClose}>
      <Refused>{refused}</Refused>
      <div className="grid gap-4 sm:grid-cols-2">
        {open ? (
          <Text label="Rate" name="rate" required error={errors['rate']} hint={`arrivals per second; now ${perSecond(target)}`} value={load} onChange={setLoad} mode="decimal" />
        ) : (
          <Text label="Users" name="users" required error={errors['users']} hint={`now ${count(run?.active_users)} of ${count(target)}`} value={load} onChange={setLoad} mode="numeric" />
        )}
        <Text label="Ramp" name="ramp_s" error={errors['ramp_s']} hint="time to get there: 30s, 5m" placeholder="at once" value={ramp} onChange={setRamp} />
      </div>
    </Dialog>
  );
}

/** All traffic ends at once; asked for a second time, because nothing is tidied up. */
export function KillDialog({ onClose }: { onClose: () => void }) {
  const { busy, refused, send } = useChange(onClose, () => null);
  return (
    <Dialog title="Kill the run?" testId="kill-dialog" action="Kill the run" danger busy={busy} onSubmit={() => void send(calls.kill)} onClose={onClose}>
      <Refused>{refused}</Refused>
      <p className="text-soft">
        All traffic stops within a second: requests in flight are cut, and users do not run <code>onStop</code>, so what they would tidy up stays. The run counts as INVALID.
      </p>
    </Dialog>
  );
}

export function StopDialog({ test, onClose, onKill }: { test: Test; onClose: () => void; onKill: () => void }) {
  const { busy, refused, send } = useChange(onClose, () => null);
  const active = test.run?.active_users ?? 0;
  return (
    <Dialog title="Stop the run?" testId="stop-dialog" action="Stop the run" danger busy={busy} onSubmit={() => void send(calls.stop)} onClose={onClose}>
      <Refused>{refused}</Refused>
      <p className="text-soft">
        {active > 0 ? `${plural(active, 'user')} will finish and leave. ` : ''}The numbers stay on this page and in the history of runs.
      </p>
      <p className="mt-3 text-[12px] text-soft">
        Does it have to end this moment?{' '}
        <button type="button" data-testid="ask-kill" className="text-bad underline underline-offset-2" onClick={onKill}>
          Kill it instead
        </button>
      </p>
    </Dialog>
  );
}
