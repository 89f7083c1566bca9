import { useEffect, useState } from 'react';

export interface Answer<T> {
  readonly value: T | null;
  readonly failure: string | null;
}

/** Asks when the page first needs it and again when `key` changes; the last value stays until the next one is there. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, key: string): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: null, failure: null });
  useEffect(() => {
    const abort = new AbortController();
    ask(abort.signal).then(
      (value) => {
        if (!abort.signal.aborted) setAnswer({ value, failure: null });
      },
      (failure: unknown) => {
        if (!abort.signal.aborted) setAnswer({ value: null, failure: failure instanceof Error ? failure.message : String(failure) });
      },
    );
    return () => abort.abort();
    // oxlint-disable-next-line react/exhaustive-deps -- `key` says when to ask again
  }, [key]);
  return answer;
}
