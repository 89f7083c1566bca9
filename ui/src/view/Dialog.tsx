import { useId, useLayoutEffect, useRef, type FormEvent, type ReactNode } from 'react';
import { Button } from './parts';

interface Props {
  title: string;
  testId: string;
  children: ReactNode;
  action: string;
  danger?: boolean;
  busy: boolean;
  onSubmit: () => void;
  onClose: () => void;
  aside?: ReactNode;
}

/** A modal form. The browser's own <dialog> keeps the focus inside, closes on Esc and gives the focus back. */
export function Dialog({ title, testId, children, action, danger = false, busy, onSubmit, onClose, aside }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // A layout effect: it must close, and so give the focus back, while the element is still in the page.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!busy) onSubmit();
  };
  return (
    <dialog
      ref={dialog}
      data-testid={testId}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      className="m-auto max-h-[min(92dvh,820px)] w-[min(560px,calc(100vw-24px))] rounded-xl border border-edge bg-panel p-0 text-ink shadow-2xl"
    >
      <form onSubmit={submit} noValidate className="flex max-h-[min(92dvh,820px)] flex-col">
        <h2 id={heading} className="px-5 pt-4 pb-2 text-[16px] font-semibold">
          {title}
        </h2>
        <div className="flex min-h-0 flex-col gap-4 overflow-y-auto px-5 py-2">{children}</div>
        <div className="flex flex-wrap items-center justify-end gap-2 px-5 pt-3 pb-4">
          <div className="mr-auto">{aside}</div>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" look={danger ? 'danger' : 'primary'} disabled={busy} data-testid={`${testId}-submit`}>
            {busy ? 'Sending…' : action}
          </Button>
        </div>
      </form>
    </dialog>
  );
}

interface FieldProps {
  label: string;
  name: string;
  hint?: string | null;
  required?: boolean;
  error?: string | undefined;
  children: (wiring: { id: string; name: string; 'data-testid': string; 'aria-invalid': boolean; 'aria-describedby': string; 'aria-required': boolean }) => ReactNode;
}

export function Field({ label, name, hint, required = false, error, children }: FieldProps) {
  const id = useId();
  const below = `${id}-below`;
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <label htmlFor={id} className="font-medium">
        {label}
        {required && <span className="text-bad"> *<span className="sr-only"> required</span></span>}
      </label>
      {children({ id, name, 'data-testid': `field-${name}`, 'aria-invalid': error !== undefined, 'aria-describedby': below, 'aria-required': required })}
      <p id={below} className={`text-[12px] ${error === undefined ? 'text-soft' : 'text-bad'}`} data-testid={error === undefined ? undefined : `error-${name}`}>
        {error ?? hint}
      </p>
    </div>
  );
}

/** Why a change was not made. */
export function Refused({ children }: { children: string | null }) {
  if (children === null) return null;
  return (
    <p role="alert" data-testid="refused" className="rounded-md border border-bad/40 bg-bad/10 px-3 py-2 text-bad">
      {children}
    </p>
  );
}
