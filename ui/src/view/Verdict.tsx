import { useState } from 'react';
import type { LostWorker, Verdict } from '../data/contract';
import { elapsed } from '../data/format';
import { Pill, type Tone } from './parts';

const TONES: Record<Verdict['level'], Tone> = { VALID: 'good', SUSPECT: 'warn', INVALID: 'bad' };
const MEANS: Record<Verdict['level'], string> = {
  VALID: 'What was measured is what was asked for.',
  SUSPECT: 'Something may have touched the numbers: see why.',
  INVALID: 'The numbers are of something else than what was asked for.',
};

/** The level alone, as lists show it. */
export function Level({ level }: { level: Verdict['level'] }) {
  return (
    <Pill tone={TONES[level]} data-testid="level">
      {level}
    </Pill>
  );
}

/** Whether the run's numbers can be believed, with its reasons below; so far, or for good. */
export function VerdictBar({ verdict, lost, startedAt }: { verdict: Verdict; lost: readonly LostWorker[]; startedAt: number }) {
  const [open, setOpen] = useState(true);
  const shown = verdict.reasons.length > 0 || lost.length > 0;
  return (
    <section className="panel px-4 py-2.5" aria-label="Verdict" data-testid="verdict" data-level={verdict.level}>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Level level={verdict.level} />
        <span className="text-soft">
          {verdict.final === false && <span data-testid="so-far">So far: </span>}
          {MEANS[verdict.level]}
        </span>
        {shown && (
          <button type="button" className="ml-auto text-[12px] text-soft hover:text-ink" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide reasons' : `Show ${verdict.reasons.length} ${verdict.reasons.length === 1 ? 'reason' : 'reasons'}`}
          </button>
        )}
      </div>
      {open && shown && (
        <ul className="mt-2 flex flex-col gap-1">
          {verdict.reasons.map((reason) => (
            <li key={reason.code + reason.text} className="flex gap-2" data-testid={`reason-${reason.code}`}>
              <span className={`mt-1.5 size-1.5 shrink-0 rounded-full ${reason.level === 'INVALID' ? 'bg-bad' : 'bg-warn'}`} aria-hidden />
              <span className="min-w-0 break-words">
                <span className="sr-only">{reason.level}: </span>
                {reason.text}
              </span>
            </li>
          ))}
          {lost.map((worker) => (
            <li key={worker.id} className="pl-3.5 text-[12px] text-soft" data-testid="lost-worker">
              {worker.id} was missed at {elapsed(Math.max(0, (worker.at - startedAt) / 1_000))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
