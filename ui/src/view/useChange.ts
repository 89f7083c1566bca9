import { useEffect, useRef, useState } from 'react';
import { Refusal, newKey } from '../data/calls';

/** Sends one change; a second press sends the same key again, so that nothing happens twice. */
export function useChange(onDone: () => void, nameOf: (field: string | null) => string | null) {
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
