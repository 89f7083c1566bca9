import { useSyncExternalStore } from 'react';
import type { Row } from '../data/contract';

export const TABS = ['overview', 'errors', 'probes', 'workers', 'resources', 'runs'] as const;
export type Tab = (typeof TABS)[number];

/** Where in the page one is, as `#/errors?series=…&step=…` or `#/runs/ID`. */
export interface Route {
  readonly tab: Tab;
  readonly id: string | null;
  readonly query: URLSearchParams;
}

export function parse(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?');
  const [tab, id] = path.split('/');
  return { tab: TABS.find((t) => t === tab) ?? 'overview', id: decode(id), query: new URLSearchParams(query) };
}

function decode(text: string | undefined): string | null {
  if (text === undefined || text === '') return null;
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // A hand-typed address with a stray percent sign.
  }
}

export const runHref = (runId: string) => `#/runs/${encodeURIComponent(runId)}`;

/** The errors of a row: of a step with all that was sent in it, or of a series, in its step if it has one. */
export function errorsHref(row: Pick<Row, 'kind' | 'step' | 'name'>): string {
  const narrowed: Record<string, string> =
    row.kind === 'STEP' ? { step: row.name } : row.step ? { series: row.name, step: row.step } : { series: row.name };
  return `#/errors?${new URLSearchParams(narrowed).toString()}`;
}

const subscribe = (listener: () => void) => {
  addEventListener('hashchange', listener);
  return () => removeEventListener('hashchange', listener);
};

export const useHash = (): string => useSyncExternalStore(subscribe, () => location.hash);
