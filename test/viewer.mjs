// Plays time steps in the viewer and looks at every frame that the browser draws: none may be blank where data are, each must show the
// whole step that the label names, and each step must be seen. What a blank is, a second page tells, whose tiles never come; what a
// step's picture is, the steps shown one by one.
import { chromium } from 'playwright-core';

const { BASE, OUT } = process.env;
const steps = Number(process.env.STEPS || 24);
const layer = process.env.LAYER || '';
const closer = Number(process.env.CLOSER || 1); // zooms beyond the viewer's own choice, until data fill the map
const viewport = { width: 2304, height: 1792 }; // 9 x 7 tiles of 256 pixels
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
const troubles = [];
let passed = 0, failed = 0;
function check(ok, sentence) {
  ok ? passed++ : failed++;
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${sentence}`);
}

/** watch runs in the page: window.look() is the map at a grid of places, as one string of colours; window.frames what it was in each frame. */
function watch() {
  const across = 36, down = 28; // four places a tile and direction
  const small = document.createElement('canvas');
  Object.assign(small, { width: across, height: down });
  const pen = small.getContext('2d', { willReadFrequently: true });
  pen.imageSmoothingEnabled = false;
  window.look = () => {
    pen.globalAlpha = 1;
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, across, down);
    for (const canvas of document.querySelectorAll('#map .ol-layer canvas, #map canvas.ol-layer')) {
      if (!canvas.width) continue;
      pen.globalAlpha = Number(canvas.parentNode.style.opacity || canvas.style.opacity || 1);
      pen.drawImage(canvas, 0, 0, across, down);
    }
    const d = new Uint32Array(pen.getImageData(0, 0, across, down).data.buffer);
    return Array.from(d, v => v.toString(16).padStart(8, '0')).join('');
  };
  window.record = () => {
    window.frames = [];
    const each = () => {
      if (!window.frames) return;
      window.frames.push({ at: performance.now(), time: document.getElementById('instant').dateTime, seen: window.look() });
      requestAnimationFrame(each);
    };
    requestAnimationFrame(each);
  };
}

async function open(name, blockTiles) {
  const page = await browser.newPage({ viewport, colorScheme: 'light' });
  const seen = { tiles: new Map(), requests: 0, pending: 0 };
  const ends = r => !r.url().endsWith('/events.js'); // the shared worker's script counts as asked for as long as the worker lives
  page.on('request', r => { if (ends(r)) seen.pending++; });
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, r => { if (ends(r)) seen.pending--; });
  if (blockTiles) await page.route(/\/xyz\//, r => r.abort());
  else {
    page.on('requestfailed', r => ends(r) && troubles.push(`${name}: ${r.failure()?.errorText} ${r.url()}`));
    page.on('console', m => { if (m.type() === 'error') troubles.push(`${name}: ${m.text()}`); });
  }
  page.on('pageerror', e => troubles.push(`${name}: ${e.message}`));
  page.on('response', r => {
    seen.requests++;
    if (r.status() >= 400) troubles.push(`${name}: ${r.status()} ${r.url()}`);
    const url = new URL(r.url()), time = url.searchParams.get('time');
    if (url.pathname.startsWith('/xyz/')) seen.tiles.set(time, (seen.tiles.get(time) ?? new Set()).add(url.pathname));
  });
  await page.goto(`${BASE}/#layer=${layer}`, { waitUntil: 'networkidle' });
  await page.evaluate(watch);
  for (let i = 0; i < closer; i++) {
    await page.click('.ol-zoom-in');
    await page.waitForTimeout(500);
  }
  await page.evaluate(() => document.activeElement.blur()); // keys are the viewer's again
  await settle(page, seen);
  return { page, seen };
}

/** settle waits until nothing is asked for or awaited and the picture has not changed for a while; it is the picture. */
async function settle(page, seen) {
  for (let last = '', same = 0, i = 0; i < 600; i++) {
    const [now, busy] = await page.evaluate(() => [window.look(), document.getElementById('instant').ariaBusy !== 'false']);
    same = now === last && seen.pending === 0 && !busy ? same + 1 : 0;
    if (same === 4) return now;
    last = now;
    await page.waitForTimeout(100);
  }
  throw new Error('the map does not come to rest');
}

const colours = seen => seen.match(/.{8}/g);
const current = page => page.evaluate(() => document.getElementById('instant').dateTime);

const none = await open('empty', true);
const empty = colours(await settle(none.page, none.seen));
await none.page.close();

const { page, seen } = await open('play', false);
const began = Date.now();
await page.evaluate(() => { window.record(); document.getElementById('play').click(); });
const times = [await current(page)];
while (times.length < steps + 1 && Date.now() - began < 300e3) {
  const before = times.at(-1);
  await page.waitForFunction(t => document.getElementById('instant').dateTime !== t, before, { polling: 20, timeout: 60e3 });
  times.push(await current(page));
}
const frames = await page.evaluate(() => { const f = window.frames; window.frames = null; return f; });
const took = (Date.now() - began) / 1e3;
await page.waitForTimeout(200);
await page.screenshot({ path: `${OUT}/animation.png` });
await page.evaluate(() => document.getElementById('play').click());
await settle(page, seen);

// The steps one by one, each after all is still.
const still = new Map();
const played = [...new Set(frames.map(f => f.time))];
const first = played[0];
for (let i = 0; i < 2 * steps && await current(page) !== first; i++) {
  await page.keyboard.press(',');
  await page.waitForFunction(() => document.getElementById('instant').ariaBusy === 'false', null, { timeout: 60e3 });
}
for (let i = 0; i < played.length; i++) {
  const picture = await settle(page, seen);
  still.set(await current(page), picture);
  await page.keyboard.press('.');
}
await browser.close();

const pictures = new Map([...still].map(([t, s]) => [s, t]));
const all = [...still.values()].map(colours);
const painted = empty.map((_, i) => i).filter(i => all.every(c => c[i] !== empty[i]));
const whole = frames.filter(f => pictures.has(f.seen));
const torn = frames.filter(f => f.seen !== still.get(f.time));
let blanks = 0, worst = 0;
for (const f of frames) {
  const c = colours(f.seen), n = painted.filter(i => c[i] === empty[i]).length;
  if (n) blanks++;
  worst = Math.max(worst, n);
}
const shownOf = [...new Set(whole.map(f => pictures.get(f.seen)))];
const tiles = Math.min(...[...seen.tiles].filter(([t]) => played.includes(t)).map(([, s]) => s.size));
const gaps = frames.slice(1).map((f, i) => f.at - frames[i].at).sort((a, b) => a - b);
console.log(`${frames.length} frames in ${took.toFixed(1)} s (half within ${gaps[gaps.length >> 1].toFixed(0)} ms), ${seen.requests} answers, ${empty.length} places a frame`);
check(tiles >= 63, `${tiles} tiles a step at least`);
check(played.length > steps, `${played.length} steps played, from ${played[0]} to ${played.at(-1)}`);
check(painted.length >= empty.length / 2, `${painted.length} of ${empty.length} places are painted in every step`);
check(frames.length >= 4 * steps, `${frames.length} frames looked at, four a step at least`);
check(blanks === 0, `${blanks} frames with a blank place (${worst} places at worst)`);
check(torn.length === 0, `${torn.length} frames that are not wholly the step that the label names`);
check(pictures.size === still.size, `${pictures.size} different pictures of ${still.size} steps`);
check(shownOf.length >= steps, `${shownOf.length} steps seen while it played`);
check(troubles.length === 0, `${troubles.length} failed requests and page errors`);
for (const t of troubles.slice(0, 10)) console.log(`      ${t}`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
