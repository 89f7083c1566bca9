#!/usr/bin/env node
// Holds the page's total of requests against what the system under test has counted, while a run goes on and after it.
//
// usage: node e2e/totals.mjs URL STATS [--late MS] [--seconds N]
//
//   URL        the page; its run is started and ended by others
//   STATS      answers with JSON: "total" is how many requests have come
//   --late MS  how old the page's total may be (default 2000)
//   --seconds  how long to watch at most (default 60)
//
// The page is right at a moment if it shows no more than has come, and no less than had come MS ago. After the end it must show the
// same number. CHROMIUM names the browser. Exit: 0 all is well, 1 something is not, 2 usage.
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: { late: { type: 'string', default: '2000' }, seconds: { type: 'string', default: '60' } },
});
const [address, stats] = positionals;
if (address === undefined || stats === undefined) {
  console.error('usage: node e2e/totals.mjs URL STATS [--late MS] [--seconds N]');
  process.exit(2);
}
const late = Number(flags.late);
const deadline = Date.now() + Number(flags.seconds) * 1_000;
const json = async (url) => (await fetch(url, { signal: AbortSignal.timeout(10_000) })).json();
const state = async () => (await json(new URL('/api/v1/test', address))).state;

class Wrong extends Error {}

let browser;
try {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(address, { timeout: 30_000 });
  const cell = page.locator('[data-testid=row-totals] [data-col=count]');
  const shown = async () => ((await cell.count()) === 0 ? 0 : Number(await cell.getAttribute('data-value')));

  while ((await state()) !== 'RUNNING') {
    if (Date.now() > deadline) throw new Wrong('no run began');
    await page.waitForTimeout(100);
  }
  const counted = []; // [when, total], as the target says; a total is true from when it was asked for
  let looks = 0;
  let worst = 0;
  while ((await state()) !== 'IDLE') {
    if (Date.now() > deadline) throw new Wrong('the run did not end');
    counted.push([Date.now(), (await json(stats)).total]);
    const look = Date.now();
    const value = await shown();
    const now = (await json(stats)).total;
    if (value > now) throw new Wrong(`the page shows ${value} requests, the target has seen ${now}`);
    const old = counted.findLast(([when]) => when <= look - late);
    if (old !== undefined && value < old[1]) {
      throw new Wrong(`the page shows ${value} requests, but ${old[1]} had come ${look - old[0]} ms before`);
    }
    // Once the target rests, an old total is not a late one.
    const reached = value < now ? counted.find(([, total]) => total >= value) : undefined;
    if (reached !== undefined) worst = Math.max(worst, look - reached[0]);
    looks++;
    await page.waitForTimeout(250);
  }
  const total = (await json(stats)).total;
  const patience = Date.now() + late;
  while ((await shown()) !== total && Date.now() < patience) await page.waitForTimeout(100);
  if ((await shown()) !== total) throw new Wrong(`after the end the page shows ${await shown()} requests, the target has seen ${total}`);
  console.log(`totals: ${looks} looks, the page was never more than ${worst} ms behind; at the end both say ${total}`);
} catch (failure) {
  console.error(`totals: FAILED: ${failure instanceof Wrong ? failure.message : (failure.stack ?? failure)}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
}
