#!/usr/bin/env node
// Looks at the page in a real browser, against a real orchestrator, and says in one line what is wrong.
//
// usage: node e2e/page.mjs URL OUTDIR [--start USERS | --rate R [--poisson]] [--param NAME=VALUE]... [--change LOAD] [--stop] [--seconds N]
//
//   --start USERS       start a run through the dialog (the cluster must be idle)
//   --rate R            start a run of R arrivals per second through the dialog; --poisson: at random
//   --param NAME=VALUE  fill a parameter in the start dialog
//   --change LOAD       change the users, or the rate of a run with one, through the dialog, and wait until the page shows it
//   --stop              stop the run through the dialog, and compare the final numbers with GET /api/v1/metrics
//   --seconds N         how long to wait, at most, for each thing to happen (default 30)
//
// CHROMIUM names the browser (default /usr/bin/chromium). Screenshots go to OUTDIR. Exit: 0 all is well, 1 something is not, 2 usage.
import { readFile, mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    start: { type: 'string' },
    rate: { type: 'string' },
    poisson: { type: 'boolean', default: false },
    param: { type: 'string', multiple: true, default: [] },
    change: { type: 'string' },
    stop: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '30' },
  },
});
const [address, outdir] = positionals;
if (address === undefined || outdir === undefined) {
  console.error('usage: node e2e/page.mjs URL OUTDIR [--start USERS | --rate R [--poisson]] [--param NAME=VALUE]... [--change LOAD] [--stop] [--seconds N]');
  process.exit(2);
}
const url = new URL(address);
const patience = Number(flags.seconds) * 1_000;
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

class Wrong extends Error {}

function expect(condition, message) {
  if (!condition) throw new Wrong(message);
}

async function api(path) {
  const response = await fetch(new URL(`/api/v1/${path}`, url), { signal: AbortSignal.timeout(10_000) });
  expect(response.ok, `GET /api/v1/${path} answered ${response.status}`);
  return response.json();
}

async function until(what, ask) {
  const deadline = Date.now() + patience;
  let last;
  while (Date.now() < deadline) {
    last = await ask();
    if (last === true) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Wrong(`${what} did not happen within ${flags.seconds} s (last seen: ${JSON.stringify(last)})`);
}

const text = async (page, id) => (await page.getByTestId(id).first().textContent({ timeout: patience }))?.trim() ?? '';
const state = (page, wanted) =>
  until(`the state "${wanted}"`, async () => {
    const seen = await text(page, 'state');
    return seen === wanted || seen;
  });

const problems = [];
let checks = 0;
const done = (what) => {
  checks++;
  console.log(`ok  ${what}`);
};

async function shot(page, name) {
  await page.screenshot({ path: join(outdir, `${name}.png`) });
}

async function accessible(page, where) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(await readFile(axe, 'utf8'));
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
  const serious = violations.filter((v) => v.impact === 'serious' || v.impact === 'critical');
  expect(
    serious.length === 0,
    `${where} is not accessible: ${serious.map((v) => `${v.id} (${v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join('; ')})`).join(', ')}`,
  );
  done(`${where}: no serious accessibility violation`);
}

async function start(page) {
  await state(page, 'Idle');
  await page.getByTestId('ask-start').click();
  await page.getByTestId('start-dialog').waitFor({ timeout: patience });
  const { params } = await api('scenario');
  for (const param of params) await page.getByTestId(`field-params.${param.name}`).waitFor({ timeout: patience });
  await accessible(page, 'the start dialog');
  await shot(page, 'start-dialog');
  const load = flags.rate === undefined ? 'users' : 'rate';
  await page.getByTestId(`model-${load}`).click();
  if (load === 'rate') {
    await accessible(page, 'the start dialog with a rate');
    if (flags.poisson) await page.getByTestId('field-poisson').click();
    await shot(page, 'start-dialog-rate');
  }
  await page.getByTestId('limits').locator('summary').click();
  await page.getByTestId('field-safety.max_rps').fill('0');
  await page.getByTestId(`field-${load}`).fill('-1');
  await page.getByTestId('start-dialog-submit').click();
  await page.getByTestId(`error-${load}`).waitFor({ timeout: patience });
  await page.getByTestId('error-safety.max_rps').waitFor({ timeout: patience });
  await accessible(page, 'the start dialog with limits');
  await shot(page, 'start-dialog-limits');
  await page.getByTestId('field-safety.max_rps').fill('1000000');
  await page.getByTestId('field-safety.allowed_hosts').fill('127.0.0.1, localhost');
  await page.getByTestId(`field-${load}`).fill(flags.rate ?? flags.start);
  for (const given of flags.param) {
    const at = given.indexOf('=');
    expect(at > 0, `--param ${given}: expected NAME=VALUE`);
    const field = page.getByTestId(`field-params.${given.slice(0, at)}`);
    const value = given.slice(at + 1);
    const role = await field.getAttribute('role', { timeout: patience });
    if (role === 'switch') {
      if ((await field.getAttribute('aria-checked')) !== value) await field.click();
    } else if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByTestId('start-dialog-submit').click();
  await until('the start', async () => {
    const refused = page.getByTestId('refused');
    if (await refused.count()) throw new Wrong(`the start was refused: ${await refused.textContent()}`);
    return (await page.getByTestId('start-dialog').count()) === 0 || 'the dialog is still open';
  });
  await state(page, 'Running');
  const { run } = await api('test');
  expect(run.model === load && run[`target_${load}`] === Number(flags.rate ?? flags.start), `REST knows a run of ${run.model}, ${run.target_users} users, rate ${run.target_rate}`);
  expect(run.safety.max_rps === 1_000_000 && run.safety.allowed_hosts.length === 2, `REST knows the limits ${JSON.stringify(run.safety)}`);
  done(load === 'rate' ? `started ${flags.rate} arrivals a second through the dialog` : `started ${flags.start} users through the dialog`);
}

async function liveNumbers(page) {
  await until('the live connection', async () => (await page.getByTestId('link').getAttribute('data-link')) === 'live');
  const running = (await api('test')).state === 'RUNNING';
  if (running) {
    await until('a throughput above zero', async () => {
      const seen = await text(page, 'tile-rps-value');
      return Number(seen.replaceAll(',', '')) > 0 || seen;
    });
    const count = () => page.locator('[data-testid=row-totals] [data-col=count]').getAttribute('data-value', { timeout: patience });
    const before = Number(await count());
    await until('the count of requests going up', async () => Number(await count()) > before || before);
    done('the numbers are live');
  }
  const { state: now } = await api('test');
  const label = await text(page, 'state');
  expect(label.toUpperCase() === now, `the page says ${label}, GET /api/v1/test says ${now}`);
  done(`the state pill says ${label}`);
}

const find = (rows, row) => rows.find((r) => r.kind === row.kind && (r.step ?? '') === row.step && r.name === row.name);

/** What the table shows and what REST says, row by row. While a run goes on, REST asked before and after bounds the counts. */
async function table(page, exact) {
  const before = await api('metrics');
  await page.waitForTimeout(1_500);
  const shown = await page.locator('[data-testid=row]').evaluateAll((rows) =>
    rows.map((row) => ({
      kind: row.dataset.kind,
      step: row.dataset.step,
      name: row.dataset.name,
      ...Object.fromEntries([...row.querySelectorAll('[data-col]')].map((cell) => [cell.dataset.col, cell.dataset.value])),
    })),
  );
  await page.waitForTimeout(exact ? 0 : 1_500);
  const after = await api('metrics');
  expect(before.rows.length > 0, 'GET /api/v1/metrics has no rows');
  for (const row of before.rows) expect(find(shown, { ...row, step: row.step ?? '' }), `the table lacks ${row.kind} ${row.name}`);
  for (const row of shown) {
    const low = find(before.rows, row);
    const high = find(after.rows, row);
    expect(high !== undefined, `the table shows ${row.kind} ${row.name}, GET /api/v1/metrics does not know it`);
    for (const [column, key] of [['count', 'count'], ['failures', 'failures']]) {
      const value = Number(row[column]);
      expect(
        exact ? value === high[key] : value >= (low?.[key] ?? 0) && value <= high[key],
        `${row.name}: the table shows ${column} ${value}, REST ${exact ? high[key] : `${low?.[key] ?? 0} to ${high[key]}`}`,
      );
    }
    if (!exact) continue;
    for (const key of ['p50', 'p90', 'p95', 'p99', 'p999', 'max', 'mean']) {
      const wanted = high.response_ms?.[key] ?? null;
      const value = row[key] === '' ? null : Number(row[key]);
      expect(value === wanted, `${row.name}: the table shows ${key} ${value}, REST ${wanted}`);
    }
  }
  done(`${shown.length} rows of the table agree with GET /api/v1/metrics${exact ? ', exactly' : ''}`);
}

async function change(page) {
  const load = (await api('test')).run.model;
  await page.getByTestId('ask-load').click();
  await shot(page, 'load-dialog');
  await page.getByTestId(`field-${load}`).fill(flags.change);
  await page.getByTestId('load-dialog-submit').click();
  if (load === 'users') {
    await until(`${flags.change} active users`, async () => {
      const seen = await text(page, 'tile-users-value');
      return Number(seen.replaceAll(',', '')) === Number(flags.change) || seen;
    });
  } else {
    await until(`${flags.change} arrivals a second`, async () => {
      const { points } = await api(`runs/${(await api('test')).run.run_id}/series`);
      const seen = points.at(-1)?.arrivals?.intended ?? null;
      return Math.abs(seen - Number(flags.change)) <= Math.max(2, 0.3 * Number(flags.change)) || seen;
    });
  }
  expect((await api('test')).run[`target_${load}`] === Number(flags.change), 'REST does not know the new target');
  done(`changed to ${flags.change} ${load === 'users' ? 'users' : 'arrivals a second'} through the dialog`);
}

/** In the open model the page shows what arrived, and the tile the debt that REST tells of. */
async function arrivals(page) {
  if ((await api('test')).run?.model !== 'rate') return;
  await page.getByTestId('tab-overview').click();
  await page.getByTestId('chart-arrivals').waitFor({ timeout: patience });
  await until('intended arrivals on the chart', async () => {
    const seen = Number((await text(page, 'chart-arrivals-intended/s')).replaceAll(',', ''));
    return seen > 0 || seen;
  });
  await page.getByTestId('chart-arrivals').scrollIntoViewIfNeeded();
  await shot(page, 'arrivals');
  done('the arrivals of the open model are on the page');
}

/** A request's row opens to its phases, the same as REST knows. */
async function phases(page) {
  await page.getByTestId('tab-overview').click();
  const button = page.getByTestId('show-phases').first();
  await button.click();
  const name = await page.getByTestId('phases').getAttribute('data-name', { timeout: patience });
  const shown = await page.getByTestId('phase').evaluateAll((items) => items.map((item) => item.dataset.phase));
  const { rows } = await api('metrics');
  const known = rows.find((row) => row.kind === 'REQUEST' && row.name === name)?.phases.map((p) => p.phase) ?? [];
  expect(shown.includes('wait') && known.every((p) => shown.includes(p)), `${name}: the page shows the phases ${shown}, REST ${known}`);
  await page.getByTestId('phases').scrollIntoViewIfNeeded();
  await shot(page, 'phases');
  await button.click();
  done(`the phases of ${name} are on the page`);
}

/** Each probe that REST knows has its card, with at least as many calls. */
async function probes(page) {
  const { probes: known } = await api('probes');
  if (known.length === 0) return;
  await page.getByTestId('tab-probes').click();
  await until('the calls of the probes', async () => {
    const shown = await page.getByTestId('probe').evaluateAll((cards) => cards.map((card) => [card.dataset.probe, Number(card.dataset.count)]));
    return known.every((probe) => shown.some(([name, calls]) => name === probe.name && calls >= probe.count)) || shown;
  });
  await page.getByTestId('probes-run').click();
  await page.waitForTimeout(600);
  await shot(page, 'probes-whole-run');
  await page.getByTestId('probes-recent').click();
  done(`${known.length} probes are on the page`);
}

async function stop(page) {
  await page.getByTestId('ask-stop').click();
  await page.keyboard.press('Escape');
  await until('Esc closing the dialog', async () => (await page.getByTestId('stop-dialog').count()) === 0);
  await page.getByTestId('ask-stop').click();
  await page.getByTestId('stop-dialog-submit').click();
  await state(page, 'Idle');
  await until('the page saying when the run ended', async () => {
    const seen = await text(page, 'ended');
    return /^ended \d\d:\d\d:\d\d after /.test(seen) || seen;
  });
  done('stopped through the dialog; the final numbers stay');
}

async function tabs(page) {
  for (const tab of ['errors', 'probes', 'workers', 'resources', 'runs']) {
    await page.getByTestId(`tab-${tab}`).click();
    await page.waitForTimeout(600);
    await shot(page, tab);
    await accessible(page, `the tab ${tab}`);
  }
  await page.getByTestId('tab-overview').click();
}

async function looks(browser) {
  for (const [name, width, height, colorScheme] of [['dark', 1440, 900, 'dark'], ['light', 1280, 800, 'light'], ['narrow', 390, 844, 'dark']]) {
    const page = await open(browser, { viewport: { width, height }, colorScheme });
    await page.getByTestId('state').waitFor({ timeout: patience });
    await page.waitForTimeout(1_200);
    await page.screenshot({ path: join(outdir, `${name}.png`), fullPage: name === 'narrow' });
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(wide <= 0, `at ${width} px the page is ${wide} px too wide`);
    await accessible(page, `the overview, ${name}`);
    await page.close();
  }
}

async function open(browser, options) {
  const page = await browser.newPage(options);
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(`console error: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`uncaught: ${error.message}`));
  page.on('request', (request) => {
    const to = new URL(request.url());
    if (to.host !== url.host && to.protocol !== 'data:' && to.protocol !== 'blob:') problems.push(`request to another host: ${to.href}`);
  });
  page.on('websocket', (socket) => {
    if (new URL(socket.url()).host !== url.host) problems.push(`WebSocket to another host: ${socket.url()}`);
  });
  await page.goto(url.href, { timeout: patience });
  return page;
}

let browser;
let page;
try {
  await mkdir(outdir, { recursive: true });
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
  page = await open(browser, { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  if (flags.start !== undefined || flags.rate !== undefined) await start(page);
  await liveNumbers(page);
  const running = (await api('test')).state === 'RUNNING';
  if (running) await table(page, false);
  if (flags.change !== undefined) await change(page);
  await arrivals(page);
  await phases(page);
  await probes(page);
  await tabs(page);
  await looks(browser);
  if (flags.stop) {
    await stop(page);
    await page.waitForTimeout(2_500); // The last batches of the workers arrive after the end.
    await table(page, true);
    await shot(page, 'ended');
  }
  expect(problems.length === 0, problems.join('; '));
  done('no console error, no request to another host');
  console.log(`page: ${checks} checks passed, screenshots in ${outdir}`);
} catch (failure) {
  if (page !== undefined) await shot(page, 'failure').catch(() => undefined);
  const why = [failure instanceof Wrong ? failure.message : (failure.stack ?? String(failure)), ...problems].join('; ');
  console.error(`page: FAILED: ${why}`);
  process.exitCode = 1;
} finally {
  await browser?.close();
}
