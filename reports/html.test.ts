import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { chartsOf } from './charts/charts.ts';
import { syntheticResult } from './fixtures/synthetic-result.ts';
import { renderHtml } from './html.ts';
import { summarise } from './summary.ts';

/** The browser to test with: CHROMIUM_BIN, the usual place, or the first on PATH. */
function findChromium(): string {
  const onPath = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)));
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const candidates = [process.env.CHROMIUM_BIN ?? '', '/usr/bin/chromium', ...onPath, mac];
  const found = candidates.find((file) => file !== '' && existsSync(file));
  assert.ok(
    found !== undefined,
    'no Chromium found for the page tests: apt-get install chromium, brew install --cask chromium, or set CHROMIUM_BIN',
  );
  return found;
}

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

const summary = summarise(syntheticResult());
const charts = chartsOf(summary);
const chartJsFile = createRequire(import.meta.url)
  .resolve('chart.js')
  .replace(/chart\.[cm]?js$/, 'chart.umd.min.js');
const html = renderHtml({
  summary,
  charts,
  chartJs: readFileSync(chartJsFile, 'utf8'),
  topologySvg: '<svg viewBox="0 0 2000 400" width="2000"><text>topology</text></svg>',
});

let browser: Browser;
before(async () => {
  browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
});
after(() => browser?.close());

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
}

async function open(widthPx: number, colorScheme: 'light' | 'dark'): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: widthPx, height: 800 }, colorScheme });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => complaints.push(`asked the network for ${request.url()}`));
  await page.setContent(html);
  return { page, complaints };
}

/** WCAG contrast between text and the first opaque background behind it; runs in the page, as text. */
const CONTRAST = `(selector) => {
  const channels = (colour) => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const luminance = (colour) => {
    const [r, g, b] = channels(colour).map((value) => {
      const share = value / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const element = document.querySelector(selector);
  let behind = element;
  while (behind !== null && channels(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
  const ink = luminance(getComputedStyle(element).color);
  const paper = luminance(getComputedStyle(behind ?? document.body).backgroundColor);
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
}`;

for (const [widthPx, scheme] of [
  [1200, 'light'],
  [390, 'light'],
  [390, 'dark'],
] as const) {
  test(`at ${widthPx} px in ${scheme} the page draws every chart, without a complaint, a request or a sideways scroll`, async () => {
    const { page, complaints } = await open(widthPx, scheme);
    assert.equal(await page.evaluate('document.documentElement.dataset.charts'), String(charts.length));
    assert.deepEqual(complaints, []);
    assert.ok((await page.evaluate<number>('document.documentElement.scrollWidth')) <= widthPx);
    await page.close();
  });
}

for (const scheme of ['light', 'dark'] as const) {
  test(`text keeps a contrast of 4.5 to 1 in ${scheme}`, async () => {
    const { page } = await open(1200, scheme);
    const texts = ['.answer p', '.muted', 'dt', 'td b', 'td small', 'thead th', '.faster', '.slower'];
    for (const selector of texts) {
      const contrast = await page.evaluate<number>(`(${CONTRAST})(${JSON.stringify(selector)})`);
      assert.ok(contrast >= 4.5, `${selector} has ${contrast.toFixed(2)}`);
    }
    await page.close();
  });
}

/** Resolves at the first frame in which the condition, JavaScript as text, holds; the page's policy forbids eval. */
function frameWhere(page: Page, condition: string): Promise<void> {
  return page.evaluate(`new Promise((resolve) => {
    const look = () => (${condition} ? resolve() : requestAnimationFrame(look));
    look();
  })`);
}

test('charts follow when the reader switches to dark', async () => {
  const { page, complaints } = await open(1200, 'light');
  const picture = 'document.getElementById("request-latency").toDataURL()';
  // Chart.js paints some frames after the script ran; a blank canvas is no picture.
  await frameWhere(page, `${picture}.length > 10_000`);
  const light = await page.evaluate(picture);
  await page.emulateMedia({ colorScheme: 'dark' });
  await frameWhere(
    page,
    `document.documentElement.dataset.theme === "dark" && ${picture} !== ${JSON.stringify(light)}`,
  );
  assert.deepEqual(complaints, []);
  await page.close();
});

test('without JavaScript the page says what is missing and leaves no room for it', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.setContent(html);
  assert.ok(await page.locator('noscript p').isVisible());
  assert.equal(await page.locator('.chart').first().isVisible(), false);
  assert.ok(await page.getByText('Paired ratios').first().isVisible());
  await context.close();
});

test('markup in a name is shown, not run', () => {
  const hostile = { ...summary, runId: '<script>alert(1)</script>' };
  const page = renderHtml({ summary: hostile, charts: [], chartJs: '', topologySvg: null });
  assert.ok(!page.includes('<script>alert(1)'));
});

test('no line of the answer ends between a number and its unit', () => {
  const page = renderHtml({ summary, charts: [], chartJs: '', topologySvg: null });
  const [, answer] = /<div class="answer">(.*?)<\/div>/.exec(page)!;
  assert.match(answer!, /\d&nbsp;%/);
  assert.doesNotMatch(answer!, /\d (%|µs|ms|MiB|GiB)/);
});

test('an interrupted run says so before anything else', () => {
  const page = renderHtml({
    summary: { ...summary, state: 'interrupted', why: ['Ctrl-C'] },
    charts: [],
    chartJs: '',
    topologySvg: null,
  });
  assert.ok(page.indexOf('This run is interrupted: Ctrl-C') < page.indexOf('class="answer"'));
  assert.ok(page.includes('This run is interrupted: Ctrl-C'));
});
