/** How numbers read on the page. A missing number is an en dash, never a zero. */

export const NONE = '–';

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false });
const day = new Intl.DateTimeFormat(undefined, {
  year: 'numeric',
  month: 'short',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hour12: false,
});

type Maybe = number | null | undefined;

const missing = (value: Maybe): value is null | undefined => value === null || value === undefined || Number.isNaN(value);

export const count = (value: Maybe): string => (missing(value) ? NONE : grouped.format(value));

/** About three significant digits, as the histograms have them, down to the microsecond: 0.003, 0.42, 12.1, 140, 1,250. */
export function ms(value: Maybe): string {
  if (missing(value)) return NONE;
  if (value >= 100) return grouped.format(value);
  if (value >= 10) return value.toFixed(1);
  return value >= 0.1 || value === 0 ? value.toFixed(2) : value.toFixed(3);
}

export function rate(value: Maybe): string {
  if (missing(value)) return NONE;
  if (value >= 1_000) return grouped.format(value);
  return value >= 100 ? value.toFixed(0) : value.toFixed(1);
}

/** A share as percent. A failure never reads as "0 %" and a success short of all never as "100 %". */
export function percent(part: Maybe): string {
  if (missing(part)) return NONE;
  if (part === 0) return '0';
  if (part === 1) return '100';
  const value = part * 100;
  if (value < 0.01) return '<0.01';
  if (value > 99.99) return '>99.99';
  return value < 10 || value > 99 ? value.toFixed(2) : value.toFixed(1);
}

export const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

export function bytes(value: Maybe): string {
  if (missing(value)) return NONE;
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let scaled = value;
  let unit = 0;
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1_000;
    unit++;
  }
  return `${unit === 0 || scaled >= 100 ? scaled.toFixed(0) : scaled.toFixed(1)} ${units[unit]}`;
}

/** 0:07, 12:30, 1:02:03. */
export function elapsed(seconds: Maybe): string {
  if (missing(seconds)) return NONE;
  const whole = Math.max(0, Math.floor(seconds));
  const s = String(whole % 60).padStart(2, '0');
  const m = Math.floor(whole / 60) % 60;
  const h = Math.floor(whole / 3_600);
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

export const timeOfDay = (at: Maybe): string => (missing(at) ? NONE : clock.format(at));
export const dateTime = (at: Maybe): string => (missing(at) ? NONE : day.format(at));

const UNITS: Record<string, number> = { ms: 0.001, s: 1, m: 60, min: 60, h: 3_600, d: 86_400 };

/** Seconds of "90", "90s", "5m", "1h 30m"; NaN for anything else. */
export function parseSeconds(text: string): number {
  const compact = text.replaceAll(/\s+/g, '').toLowerCase();
  if (/^\d+(\.\d+)?$/.test(compact)) return Number(compact);
  if (!/^(\d+(\.\d+)?(ms|min|s|m|h|d))+$/.test(compact)) return Number.NaN;
  let sum = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(ms|min|s|m|h|d)/g)) {
    sum += Number(amount) * (UNITS[unit ?? ''] ?? Number.NaN);
  }
  return sum;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;
