import { Field } from './Dialog';

interface TextProps {
  label: string;
  name: string;
  value: string;
  hint: string;
  error: string | undefined;
  onChange: (value: string) => void;
  required?: boolean;
  placeholder?: string;
  mode?: 'numeric' | 'decimal';
}

/** A line of text to fill in. */
export function Text({ label, name, value, hint, error, onChange, required = false, placeholder = '', mode }: TextProps) {
  return (
    <Field label={label} name={name} required={required} error={error} hint={hint}>
      {(wiring) => (
        <input {...wiring} className="field" autoComplete="off" {...(mode === undefined ? {} : { inputMode: mode })} placeholder={placeholder} value={value} onChange={(e) => onChange(e.target.value)} />
      )}
    </Field>
  );
}

/** Something that is on or off. */
export function Switch({ name, label, hint, error, on, onChange }: { name: string; label: string; hint: string | null; error: string | undefined; on: boolean; onChange: (on: boolean) => void }) {
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
