import { useEffect, useRef, useState, type ReactNode } from 'react';
import { Refusal, calls, newKey } from '../data/calls';
import type { ParamSpec, Scenario, Test } from '../data/contract';
import { count, plural } from '../data/format';
import { defaults, fieldOf, paramField, readSeconds, readStart, readUsers } from '../data/form';
import { Dialog, Field } from './Dialog';
import { useAnswer } from './useAnswer';

/** Sends one change; a second press sends the same key again, so that nothing happens twice. */
function useChange(onDone: () => void, nameOf: (field: string | null) => string | null) {
  const key = useRef(newKey());
  const alive = useRef(true);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [refused, setRefused] = useState<string | null>(null);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  const send = async (change: (key: string) => Promise<unknown>) => {
    setBusy(true);
    setErrors({});
    setRefused(null);
    try {
      await change(key.current);
      if (alive.current) onDone();
    } catch (failure) {
      if (!alive.current) return;
      // Only an answer makes a new key: without one the change may have been taken.
      if (failure instanceof Refusal && failure.code !== 'unreachable') key.current = newKey();
      const field = failure instanceof Refusal ? nameOf(failure.field) : null;
      const message = failure instanceof Error ? failure.message : String(failure);
      if (field === null) setRefused(message);
      else setErrors({ [field]: message });
      setBusy(false);
    }
  };
  const wrong = (found: Readonly<Record<string, string>>) => {
    setRefused(null);
    setErrors(found);
  };
  return { busy, errors, refused, send, wrong };
}

function Refused({ children }: { children: string | null }) {
  if (children === null) return null;
  return (
    <p role="alert" data-testid="refused" className="rounded-md border border-bad/40 bg-bad/10 px-3 py-2 text-bad">
      {children}
    </p>
  );
}

export function StartDialog({ test, workers, onClose }: { test: Test; workers: number; onClose: () => void }) {
  const { value: scenario, failure } = useAnswer(calls.scenario, 'scenario');
  return <StartForm key={scenario?.digest ?? ''} test={test} workers={workers} scenario={scenario} failure={failure} onClose={onClose} />;
}

function StartForm({ test, workers, scenario, failure, onClose }: { test: Test; workers: number; scenario: Scenario | null; failure: string | null; onClose: () => void }) {
  const specs = scenario?.params ?? [];
  const [users, setUsers] = useState('10');
  const [ramp, setRamp] = useState('');
  const [duration, setDuration] = useState('');
  const [params, setParams] = useState(() => defaults(specs));
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => fieldOf(field, specs));
  const last = test.run;

  const again = () => {
    if (last === null) return;
    setUsers(String(last.target_users));
    setDuration(last.duration_s === null ? '' : `${last.duration_s}s`);
    setParams((now) => ({
      ...now,
      ...Object.fromEntries(specs.filter((s) => last.params[s.name] != null).map((s) => [s.name, String(last.params[s.name])])),
    }));
  };
  const submit = () => {
    const read = readStart({ users, ramp, duration, params }, specs);
    if (!read.ok) wrong(read.errors);
    else void send((key) => calls.start(read.value, key));
  };

  return (
    <Dialog
      title={scenario === null ? 'Start a run' : `Start a run of ${scenario.name}`}
      testId="start-dialog"
      action="Start"
      busy={busy}
      onSubmit={submit}
      onClose={onClose}
      aside={
        last !== null && (
          <button type="button" onClick={again} className="rounded text-accent hover:underline">
            As the last run
          </button>
        )
      }
    >
      <Refused>{refused ?? failure}</Refused>
      {workers === 0 && (
        <p className="rounded-md border border-warn/40 bg-warn/10 px-3 py-2 text-warn">No worker is there yet; a run needs at least one.</p>
      )}
      <div className="grid gap-4 sm:grid-cols-3">
        <Field label="Users" name="users" required error={errors['users']} hint={workers > 0 ? `on ${plural(workers, 'worker')}` : 'at once'}>
          {(wiring) => <input {...wiring} className="field" inputMode="numeric" autoComplete="off" value={users} onChange={(e) => setUsers(e.target.value)} />}
        </Field>
        <Field label="Ramp" name="ramp_s" error={errors['ramp_s']} hint="time to reach them all">
          {(wiring) => <input {...wiring} className="field" autoComplete="off" placeholder="all at once" value={ramp} onChange={(e) => setRamp(e.target.value)} />}
        </Field>
        <Field label="Duration" name="duration_s" error={errors['duration_s']} hint="90s, 5m, 1h30m">
          {(wiring) => <input {...wiring} className="field" autoComplete="off" placeholder="until stopped" value={duration} onChange={(e) => setDuration(e.target.value)} />}
        </Field>
      </div>
      {specs.length > 0 && (
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 w-full border-t border-line pt-3 text-[12px] text-soft">Parameters of the scenario</legend>
          {specs.map((spec) => (
            <Param
              key={spec.name}
              spec={spec}
              value={params[spec.name] ?? ''}
              error={errors[paramField(spec.name)]}
              onChange={(value) => setParams((now) => ({ ...now, [spec.name]: value }))}
            />
          ))}
        </fieldset>
      )}
    </Dialog>
  );
}

const KINDS: Partial<Record<ParamSpec['type'], string>> = { int: 'whole number', long: 'whole number', double: 'number', uri: 'address', duration: 'duration, such as 500ms or 2s' };

function Param({ spec, value, error, onChange }: { spec: ParamSpec; value: string; error: string | undefined; onChange: (value: string) => void }) {
  const hint = [spec.description, KINDS[spec.type]].filter(Boolean).join(' · ');
  if (spec.type === 'boolean') {
    return <Switch name={paramField(spec.name)} label={spec.name} hint={spec.description} error={error} on={value === 'true'} onChange={(on) => onChange(String(on))} />;
  }
  return (
    <Field label={spec.name} name={paramField(spec.name)} required={spec.required} error={error} hint={hint}>
      {(wiring): ReactNode =>
        spec.type === 'enum' ? (
          <select {...wiring} className="field" value={value} onChange={(e) => onChange(e.target.value)}>
            {spec.default === null && <option value="">{spec.required ? 'choose one' : '–'}</option>}
            {(spec.values ?? []).map((constant) => (
              <option key={constant} value={constant}>
                {constant}
              </option>
            ))}
          </select>
        ) : (
          <input
            {...wiring}
            className="field font-mono text-[12.5px]"
            autoComplete="off"
            spellCheck={false}
            inputMode={spec.type === 'int' || spec.type === 'long' ? 'numeric' : spec.type === 'double' ? 'decimal' : 'text'}
            placeholder={spec.default ?? ''}
            value={value}
            onChange={(e) => onChange(e.target.value)}
          />
        )
      }
    </Field>
  );
}

function Switch({ name, label, hint, error, on, onChange }: { name: string; label: string; hint: string | null; error: string | undefined; on: boolean; onChange: (on: boolean) => void }) {
  return (
    <div className="flex items-start justify-between gap-4">
      <div>
        <div className="font-medium" id={`${name}-label`}>
          {label}
        </div>
        <p className={`text-[12px] ${error === undefined ? 'text-soft' : 'text-bad'}`}>{error ?? hint}</p>
      </div>
      <button
        type="button"
        role="switch"
        aria-checked={on}
        aria-labelledby={`${name}-label`}
        data-testid={`field-${name}`}
        onClick={() => onChange(!on)}
        className="mt-0.5 h-5 w-9 shrink-0 rounded-full border border-edge bg-raised p-0.5 transition-colors aria-checked:border-accent aria-checked:bg-accent"
      >
        <span className={`block size-3.5 rounded-full transition-transform ${on ? 'translate-x-4 bg-on-accent' : 'bg-soft'}`} />
      </button>
    </div>
  );
}

export function UsersDialog({ test, onClose }: { test: Test; onClose: () => void }) {
  const target = test.run?.target_users ?? 0;
  const [users, setUsers] = useState(String(target));
  const [ramp, setRamp] = useState('');
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => (field === 'users' || field === 'ramp_s' ? field : null));
  const submit = () => {
    const number = readUsers(users);
    const seconds = readSeconds(ramp, 0);
    if (typeof number === 'string') wrong({ users: number });
    else if (typeof seconds === 'string') wrong({ ramp_s: seconds });
    else void send((key) => calls.users(number, seconds ?? 0, key));
  };
  return (
    <Dialog title="Change users" testId="users-dialog" action="Change" busy={busy} onSubmit={submit} onClose={onClose}>
      <Refused>{refused}</Refused>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Users" name="users" required error={errors['users']} hint={`now ${count(test.run?.active_users)} of ${count(target)}`}>
          {(wiring) => <input {...wiring} className="field" inputMode="numeric" autoComplete="off" value={users} onChange={(e) => setUsers(e.target.value)} onFocus={(e) => e.target.select()} />}
        </Field>
        <Field label="Ramp" name="ramp_s" error={errors['ramp_s']} hint="time to get there: 30s, 5m">
          {(wiring) => <input {...wiring} className="field" autoComplete="off" placeholder="at once" value={ramp} onChange={(e) => setRamp(e.target.value)} />}
        </Field>
      </div>
    </Dialog>
  );
}

export function StopDialog({ test, onClose }: { test: Test; onClose: () => void }) {
  const { busy, refused, send } = useChange(onClose, () => null);
  const active = test.run?.active_users ?? 0;
  return (
    <Dialog title="Stop the run?" testId="stop-dialog" action="Stop the run" danger busy={busy} onSubmit={() => void send(calls.stop)} onClose={onClose}>
      <Refused>{refused}</Refused>
      <p className="text-soft">
        {active > 0 ? `${plural(active, 'user')} will finish and leave. ` : ''}The numbers stay on this page and in the history of runs.
      </p>
    </Dialog>
  );
}
