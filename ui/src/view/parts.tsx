import type { ButtonHTMLAttributes, ReactNode } from 'react';

/** The page's small parts, each used in more than one place. */

export type Tone = 'good' | 'warn' | 'bad' | 'info' | 'idle';

const TONES: Record<Tone, string> = {
  good: 'text-good border-good/40 bg-good/10',
  warn: 'text-warn border-warn/40 bg-warn/10',
  bad: 'text-bad border-bad/40 bg-bad/10',
  info: 'text-info border-info/40 bg-info/10',
  idle: 'text-soft border-edge bg-raised',
};

export function Pill({ tone, children, pulse = false, ...rest }: { tone: Tone; children: ReactNode; pulse?: boolean; [data: `data-${string}`]: string }) {
  return (
    <span {...rest} className={`inline-flex items-center gap-1.5 rounded-full border px-2 py-px font-medium ${TONES[tone]}`}>
      <span className={`size-1.5 rounded-full bg-current ${pulse ? 'pulse' : ''}`} />
      {children}
    </span>
  );
}

const LOOKS = {
  primary: 'bg-accent text-on-accent border-transparent hover:brightness-110',
  danger: 'bg-bad text-on-bad border-transparent hover:brightness-110',
  plain: 'bg-panel text-ink border-edge hover:bg-raised',
  'danger-quiet': 'bg-panel text-bad border-bad/50 hover:bg-bad/10',
} as const;

export function Button({ look = 'plain', className = '', ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { look?: keyof typeof LOOKS }) {
  return (
    <button
      type="button"
      {...rest}
      className={`h-8 rounded-md border px-3 font-medium whitespace-nowrap transition disabled:opacity-60 ${LOOKS[look]} ${className}`}
    />
  );
}

export interface Choice<T> {
  readonly value: T;
  readonly label: string;
  readonly testId: string;
}

/** A few choices, one of them taken: a radio group that looks like one control. */
export function Segmented<T extends string | number>({ label, choices, value, onChoose }: { label: string; choices: readonly Choice<T>[]; value: T; onChoose: (value: T) => void }) {
  return (
    <fieldset className="inline-flex h-7 shrink-0 rounded-md border border-line bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          data-testid={choice.testId}
          className="flex cursor-pointer items-center rounded-[4px] border border-transparent px-2.5 text-[12px] whitespace-nowrap text-soft hover:text-ink has-checked:border-line has-checked:bg-panel has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input type="radio" className="sr-only" name={label} checked={choice.value === value} onChange={() => onChoose(choice.value)} />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}

const FILLS: Record<Tone, string> = { good: 'bg-good', warn: 'bg-warn', bad: 'bg-bad', info: 'bg-info', idle: 'bg-edge' };

export const levelOf = (value: number, warn: number, bad: number): Tone => (value >= bad ? 'bad' : value >= warn ? 'warn' : 'good');

/** A share of a whole, 0 to 1; the number stands beside it, so the bar itself is decoration. */
export function Bar({ share, tone, className = 'w-14' }: { share: number; tone: Tone; className?: string }) {
  return (
    <span className={`inline-block h-1 overflow-hidden rounded-full bg-line align-middle ${className}`} aria-hidden>
      <span className={`block h-full rounded-full ${FILLS[tone]}`} style={{ width: `${Math.min(100, Math.max(0, share * 100))}%` }} />
    </span>
  );
}

export function Empty({ title, children, testId }: { title: string; children: ReactNode; testId?: string }) {
  return (
    <div data-testid={testId} className="mx-auto flex max-w-xl flex-col items-center gap-2 px-6 py-12 text-center text-soft">
      <p className="text-[15px] font-semibold text-ink">{title}</p>
      {children}
    </div>
  );
}

export function Command({ children }: { children: string }) {
  return <code className="mt-1 block max-w-full overflow-x-auto rounded-md border border-line bg-raised px-3 py-2 text-left font-mono text-[12px] whitespace-pre text-ink select-all">{children}</code>;
}

export function Notice({ tone, children, testId }: { tone: Tone; children: ReactNode; testId?: string }) {
  return (
    <div data-testid={testId} role="status" className={`flex flex-wrap items-center gap-x-3 gap-y-1 rounded-[10px] border px-4 py-2 ${TONES[tone]}`}>
      {children}
    </div>
  );
}

/** A table that scrolls sideways within its panel, also by keyboard; what only readers of the screen hear in it is placed by it, not by the page. */
export function TableRegion({ label, children }: { label: string; children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a region that scrolls must be reachable
    <section aria-label={label} tabIndex={0} className="relative overflow-x-auto rounded-b-[10px] focus-visible:outline-offset-[-2px]">
      {children}
    </section>
  );
}

export function Heading({ children, right }: { children: ReactNode; right?: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2">
      <h2 className="text-[13px] font-semibold">{children}</h2>
      <div className="ml-auto flex flex-wrap items-center gap-2">{right}</div>
    </div>
  );
}
