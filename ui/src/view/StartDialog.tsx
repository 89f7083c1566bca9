import { useState, type ReactNode } from 'react';
import { calls } from '../data/calls';
import type { ParamSpec, Scenario, Test } from '../data/contract';
import { plural } from '../data/format';
import { defaults, fieldOf, paramField, readStart, type StartForm as Form } from '../data/form';
import { Dialog, Field, Refused } from './Dialog';
import { Switch, Text } from './fields';
import { Segmented } from './parts';
import { useAnswer } from './useAnswer';
import { useChange } from './useChange';

export function StartDialog({ test, workers, onClose }: { test: Test; workers: number; onClose: () => void }) {
  const { value: scenario, failure } = useAnswer(calls.scenario, 'scenario');
  return <StartForm key={scenario?.digest ?? ''} test={test} workers={workers} scenario={scenario} failure={failure} onClose={onClose} />;
}

function StartForm({ test, workers, scenario, failure, onClose }: { test: Test; workers: number; scenario: Scenario | null; failure: string | null; onClose: () => void }) {
  const specs = scenario?.params ?? [];
  const [form, setForm] = useState<Form>(() => ({ model: 'users', users: '10', rate: '100', poisson: false, maxUsers: '', ramp: '', duration: '', hosts: '', cap: '', maxRps: '', deadMan: '', params: defaults(specs) }));
  const change = (part: Partial<Form>) => setForm((now) => ({ ...now, ...part }));
  const { busy, errors, refused, send, wrong } = useChange(onClose, (field) => fieldOf(field, specs));
  const last = test.run;
  const open = form.model === 'rate';

  const again = () => {
    if (last === null) return;
    const given = Object.fromEntries(specs.filter((s) => last.params[s.name] != null).map((s) => [s.name, String(last.params[s.name])]));
    setForm((now) => ({
      ...now,
      model: last.model ?? 'users',
      users: String(last.target_users),
      rate: String(last.target_rate ?? now.rate),
      maxUsers: last.max_users == null ? '' : String(last.max_users),
      duration: last.duration_s === null ? '' : `${last.duration_s}s`,
      hosts: last.safety?.allowed_hosts.join(', ') ?? '',
      cap: last.safety?.max_users == null ? '' : String(last.safety.max_users),
      maxRps: last.safety?.max_rps == null ? '' : String(last.safety.max_rps),
      deadMan: last.safety === undefined ? '' : `${last.safety.dead_man_s}s`,
      params: { ...now.params, ...given },
    }));
  };
  const model = (next: Form['model']) => change({ model: next, users: next === 'rate' ? '' : '10' });
  const submit = () => {
    const read = readStart(form, specs);
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
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Segmented label="What decides the load" choices={MODELS} value={form.model} onChoose={model} />
        <p className="min-w-0 flex-1 basis-56 text-[12px] text-soft">{MODEL_MEANS[form.model]}</p>
      </div>
      <div className="grid gap-4 sm:grid-cols-3">
        {open ? (
          <Text label="Rate" name="rate" required error={errors['rate']} hint="arrivals per second" value={form.rate} onChange={(rate) => change({ rate })} mode="decimal" />
        ) : (
          <Text label="Users" name="users" required error={errors['users']} hint={workers > 0 ? `on ${plural(workers, 'worker')}` : 'at once'} value={form.users} onChange={(users) => change({ users })} mode="numeric" />
        )}
        <Text label="Ramp" name="ramp_s" error={errors['ramp_s']} hint={open ? 'time to reach that rate' : 'time to reach them all'} placeholder="all at once" value={form.ramp} onChange={(ramp) => change({ ramp })} />
        <Text label="Duration" name="duration_s" error={errors['duration_s']} hint="90s, 5m, 1h30m" placeholder="until stopped" value={form.duration} onChange={(duration) => change({ duration })} />
      </div>
      {open && (
        <>
          <div className="grid gap-4 sm:grid-cols-3">
            <Text label="Users to begin with" name="users" error={errors['users']} hint="more come while arrivals wait" placeholder="rate ÷ 10" value={form.users} onChange={(users) => change({ users })} mode="numeric" />
            <Text label="Users at most" name="max_users" error={errors['max_users']} hint="then arrivals wait: debt" placeholder="10,000" value={form.maxUsers} onChange={(maxUsers) => change({ maxUsers })} mode="numeric" />
          </div>
          <Switch name="poisson" label="Poisson arrivals" hint="At random, as independent people come; else evenly spaced." error={undefined} on={form.poisson} onChange={(poisson) => change({ poisson })} />
        </>
      )}
      {specs.length > 0 && (
        <fieldset className="flex flex-col gap-4">
          <legend className="mb-3 w-full border-t border-line pt-3 text-[12px] text-soft">Parameters of the scenario</legend>
          {specs.map((spec) => (
            <Param
              key={spec.name}
              spec={spec}
              value={form.params[spec.name] ?? ''}
              error={errors[paramField(spec.name)]}
              onChange={(value) => setForm((now) => ({ ...now, params: { ...now.params, [spec.name]: value } }))}
            />
          ))}
        </fieldset>
      )}
      <Limits form={form} errors={errors} onChange={change} />
    </Dialog>
  );
}

/** What the run may not do; closed at first, for most runs need none of it. */
function Limits({ form, errors, onChange }: { form: Form; errors: Readonly<Record<string, string>>; onChange: (part: Partial<Form>) => void }) {
  const [open, setOpen] = useState(false);
  const set = [form.hosts, form.cap, form.maxRps, form.deadMan].some((text) => text.trim() !== '');
  const wrong = Object.keys(errors).some((field) => field.startsWith('safety.'));
  return (
    <details open={open || wrong} onToggle={(event) => setOpen(event.currentTarget.open)} className="border-t border-line pt-3" data-testid="limits">
      <summary className="cursor-pointer rounded text-[12px] text-soft hover:text-ink">
        Limits of the run{set && !open ? ' · set' : ''}
      </summary>
      <div className="mt-3 flex flex-col gap-4">
        <Text label="Hosts allowed" name="safety.allowed_hosts" error={errors['safety.allowed_hosts']} hint="a request elsewhere fails before it is sent; apart by commas: shop.test:8000, *.shop.test" placeholder="any" value={form.hosts} onChange={(hosts) => onChange({ hosts })} />
        <div className="grid gap-4 sm:grid-cols-3">
          <Text label="Requests/s at most" name="safety.max_rps" error={errors['safety.max_rps']} hint="all workers together" placeholder="no limit" value={form.maxRps} onChange={(maxRps) => onChange({ maxRps })} mode="numeric" />
          {form.model === 'users' && (
            <Text label="Users at most" name="safety.max_users" error={errors['safety.max_users']} hint="changes beyond are refused" placeholder="no limit" value={form.cap} onChange={(cap) => onChange({ cap })} mode="numeric" />
          )}
          <Text label="Stop when alone" name="safety.dead_man_s" error={errors['safety.dead_man_s']} hint="after so long without an orchestrator" placeholder="1m" value={form.deadMan} onChange={(deadMan) => onChange({ deadMan })} />
        </div>
      </div>
    </details>
  );
}

const MODELS = [
  { value: 'users', label: 'Users', testId: 'model-users' },
  { value: 'rate', label: 'Rate', testId: 'model-rate' },
] as const satisfies readonly { value: Form['model']; label: string; testId: string }[];

const MODEL_MEANS: Record<Form['model'], string> = {
  users: 'So many users, each at its own pace: a slow target is asked less often.',
  rate: 'So many arrivals a second, each one step of a free user, however slow the target is.',
};

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
