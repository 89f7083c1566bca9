import { useSyncExternalStore } from 'react';
import type { Clock } from '../data/contract';
import type { Range } from '../data/points';
import type { Scope } from '../data/table';

export type Theme = 'system' | 'light' | 'dark';

/** What a person chose on this page, kept in localStorage so that a second screen stays as it was left. */
export interface Settings {
  readonly theme: Theme;
  readonly clock: Clock;
  readonly range: Range;
  readonly scope: Scope;
  readonly scale: 'log' | 'linear';
}

const KEY = 'vikhry.settings';
export const DEFAULTS: Settings = { theme: 'system', clock: 'response', range: 900, scope: 'run', scale: 'log' };
const ALLOWED: { [K in keyof Settings]: readonly Settings[K][] } = {
  theme: ['system', 'light', 'dark'],
  clock: ['response', 'service'],
  range: [300, 900, 3600, 'all'],
  scope: ['run', 'recent'],
  scale: ['log', 'linear'],
};

/** Reads what was kept; anything unknown, from an older page or another hand, gives way to the default. */
export function read(text: string | null): Settings {
  let kept: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(text ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) kept = parsed as Record<string, unknown>;
  } catch {
    return DEFAULTS;
  }
  const allowed = <K extends keyof Settings>(key: K): Settings[K] =>
    ALLOWED[key].find((value) => value === kept[key]) ?? DEFAULTS[key];
  return {
    theme: allowed('theme'),
    clock: allowed('clock'),
    range: allowed('range'),
    scope: allowed('scope'),
    scale: allowed('scale'),
  };
}

let current: Settings = DEFAULTS;
const listeners = new Set<() => void>();
const darkness = typeof matchMedia === 'undefined' ? null : matchMedia('(prefers-color-scheme: dark)');

export function restore(): void {
  try {
    current = read(localStorage.getItem(KEY));
  } catch {
    current = DEFAULTS; // Storage can be forbidden; the page works without.
  }
  dress();
  darkness?.addEventListener('change', () => listeners.forEach((listener) => listener()));
}

export function choose(change: Partial<Settings>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage can be forbidden or full; the choice then lasts as long as the page.
  }
  dress();
  listeners.forEach((listener) => listener());
}

function dress(): void {
  if (current.theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = current.theme;
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export const useSettings = (): Settings => useSyncExternalStore(subscribe, () => current);

export const useDark = (): boolean =>
  useSyncExternalStore(subscribe, () => current.theme === 'dark' || (current.theme === 'system' && darkness?.matches === true));
