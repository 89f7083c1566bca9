import { describe, expect, it } from 'vitest';
import { bytes, count, elapsed, ms, parseSeconds, percent, plural, rate, share } from '../src/data/format';

describe('numbers on the page', () => {
  it('shows a missing number as a dash, not as zero', () => {
    expect([ms(null), count(undefined), percent(Number.NaN), rate(null), elapsed(null), bytes(null)]).toEqual(
      Array(6).fill('–'),
    );
    expect(share(0, 0)).toBeNull();
  });

  it('keeps about three significant digits of a latency', () => {
    expect([0, 0.003, 0.4217, 9.994, 12.14, 99.95, 140.4, 12_504.2].map(ms)).toEqual([
      '0.00',
      '0.003',
      '0.42',
      '9.99',
      '12.1',
      '100.0',
      '140',
      '12,504',
    ]);
  });

  it('never rounds a failure away', () => {
    expect([0, 0.000_001, 0.0098, 0.123, 0.9996, 0.999_999, 1].map(percent)).toEqual(['0', '<0.01', '0.98', '12.3', '99.96', '>99.99', '100']);
  });

  it('reads durations', () => {
    expect(['90', '90s', '5m', '1h 30m', '500ms', '2min'].map(parseSeconds)).toEqual([90, 90, 300, 5_400, 0.5, 120]);
    expect(['', 'abc', '5 parsecs', '-3', '1h30'].map(parseSeconds)).toEqual(Array(5).fill(Number.NaN));
  });

  it('writes times, sizes and plurals', () => {
    expect([7, 750, 3_723].map(elapsed)).toEqual(['0:07', '12:30', '1:02:03']);
    expect([12, 1_500, 180_000_000].map(bytes)).toEqual(['12 B', '1.5 kB', '180 MB']);
    expect([plural(1, 'worker'), plural(2_000, 'user')]).toEqual(['1 worker', '2,000 users']);
    expect([20.14, 512.4, 48_211.7].map(rate)).toEqual(['20.1', '512', '48,212']);
  });
});
