// How fast the viewer is over a link of 10 Mbit/s and 40 ms, by the page's own clock, and what memory it keeps while it plays. Chromium slows
// the link itself (Network.emulateNetworkConditions); each first map is a new context, so that nothing is kept from the one before.
//
// The first map is there when the picture of the layer and the ground under it have been painted: the label names the time on screen, and the
// frame after that has been drawn. What was painted then is compared with the map at rest, so that a blank does not count.
// A step is from the moment that the next time is asked for until it has been painted in the same way.
//
// PART names what is measured: first (maps, on DEMO), steps and particles (on BASE), and memory: MINUTES (10) of playing on BASE; after collecting
// garbage, the heap of the page and what its process holds (RSS), at the first minute (and not before all steps have been shown once) and at the last.
import { chromium } from 'playwright-core';
import fs from 'node:fs';

const { BASE, DEMO, PART = 'first,steps,particles' } = process.env;
const minutes = Number(process.env.MINUTES || 10), runs = Number(process.env.RUNS || 5);
const link = { offline: false, latency: 40, downloadThroughput: 10e6 / 8, uploadThroughput: 10e6 / 8 };
const quiet = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const launch = more => chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: [...quiet, ...more] });
let browser = await launch(['--disable-gpu']);
let passed = 0, failed = 0;
function check(ok, sentence) {
  ok ? passed++ : failed++;
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${sentence}`);
}
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];
const median = list => quantile(list, 0.5);

/** clock runs in the page before its scripts: window.steps is when each time was asked for, and when it had been painted. */
function clock() {
  window.steps = [];
  const channel = new MessageChannel(), painted = [];
  channel.port1.onmessage = () => painted.shift()();
  const afterFrame = act => requestAnimationFrame(() => { painted.push(act); channel.port2.postMessage(0); }); // a message after the frame's own work
  window.look = () => {
    const small = Object.assign(document.createElement('canvas'), { width: 64, height: 40 }), pen = small.getContext('2d');
    for (const c of document.querySelectorAll('#map .ol-layer canvas, #map canvas.ol-layer')) {
      if (!c.width) continue;
      pen.globalAlpha = Number(c.parentNode.style.opacity || c.style.opacity || 1);
      pen.drawImage(c, 0, 0, 64, 40);
    }
    return [...pen.getImageData(0, 0, 64, 40).data];
  };
  const watch = () => {
    const instant = document.getElementById('instant');
    if (!instant) return;
    found.disconnect();
    let asked = 0;
    new MutationObserver(() => {
      if (instant.ariaBusy === 'true') { asked ||= performance.now(); return; }
      if (instant.ariaBusy !== 'false' || !instant.dateTime || !asked) return;
      const step = { asked, time: instant.dateTime, painted: 0 };
      asked = 0;
      window.steps.push(step);
      afterFrame(() => {
        step.painted = performance.now();
        if (window.steps.length === 1) window.firstLook = window.look();
      });
    }).observe(instant, { attributes: true, attributeFilter: ['aria-busy', 'datetime'] });
  };
  const found = new MutationObserver(watch);
  found.observe(document, { childList: true, subtree: true });
}

async function open(address, options, slow = true) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB', ...options });
  const page = await context.newPage(), cdp = await context.newCDPSession(page);
  await cdp.send('Network.enable');
  if (slow) await cdp.send('Network.emulateNetworkConditions', link);
  await page.addInitScript(clock);
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForFunction(() => window.steps?.[0]?.painted, null, { timeout: 120e3 });
  return { page, cdp, context };
}

/** firstMap is one cold visit: ms to the first map, the bytes and answers until then, and how much of the picture was painted. */
async function firstMap(options) {
  const { page, context } = await open(`${DEMO}/`, options);
  const at = await page.evaluate(() => {
    const done = window.steps[0].painted, before = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter(r => r.responseEnd <= done);
    return { ms: done, paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime, bytes: before.reduce((sum, r) => sum + r.transferSize, 0), answers: before.length, list: before.map(r => `${r.startTime.toFixed(0)}-${r.responseEnd.toFixed(0)} ${r.transferSize} ${new URL(r.name).pathname}`) };
  });
  await page.waitForTimeout(3000);
  at.alike = await page.evaluate(() => {
    const now = window.look(), then = window.firstLook;
    let same = 0;
    for (let i = 0; i < now.length; i += 4) same += Math.abs(now[i] - then[i]) + Math.abs(now[i + 1] - then[i + 1]) + Math.abs(now[i + 2] - then[i + 2]) < 48;
    return same / (now.length / 4);
  });
  await context.close();
  return at;
}

async function firstMaps(name, options) {
  const all = [];
  for (let i = 0; i < runs; i++) all.push(await firstMap(options));
  if (process.env.VERBOSE) console.log(all.at(-1).list.join('\n'));
  const ms = all.map(a => a.ms), alike = Math.min(...all.map(a => a.alike));
  console.log(`${name}: ${ms.map(v => v.toFixed(0)).join(' ')} ms, ${all[0].answers} answers of ${(all[0].bytes / 1000).toFixed(0)} kB; something to see after ${median(all.map(a => a.paint ?? NaN)).toFixed(0)} ms`);
  check(median(ms) < 2000, `${name}: the first map is there after ${median(ms).toFixed(0)} ms, under 2 s (median of ${runs} cold visits)`);
  check(alike > 0.9, `${name}: ${(100 * alike).toFixed(1)} % of the picture are as they stay`);
}

/** playing turns the playing on or off. */
const play = page => page.evaluate(() => document.getElementById('play').click());
const stepsOf = page => page.evaluate(() => window.steps.filter(s => s.painted));

/** steps plays all steps once, so that they are at hand, and measures the second time round. */
async function steps() {
  const { page, context } = await open(`${BASE}/`);
  const all = await page.evaluate(() => document.querySelectorAll('#marks path').length);
  const wait = n => page.waitForFunction(k => window.steps.filter(s => s.painted).length >= k, n, { timeout: 600e3, polling: 200 });
  await play(page);
  await wait(all + 2);
  const first = (await stepsOf(page)).slice(2); // the first is the map at rest, the second could not be awaited
  await wait(2 * all);
  await play(page);
  const again = (await stepsOf(page)).slice(all + 1), took = list => list.map(s => s.painted - s.asked);
  console.log(`${all} steps; when first seen ${median(took(first)).toFixed(0)} ms a step, at the 95th percentile ${quantile(took(first), 0.95).toFixed(0)} ms, ${((first.at(-1).painted - first[0].painted) / (first.length - 1)).toFixed(0)} ms from one to the next`);
  check(again.length >= all / 2 && new Set(again.map(s => s.time)).size > all / 2, `${again.length} steps played that were at hand`);
  check(median(took(again)) < 100, `a step takes ${median(took(again)).toFixed(0)} ms, under 100 ms (median), throttled as well`);
  check(quantile(took(again), 0.95) < 100, `a step takes ${quantile(took(again), 0.95).toFixed(0)} ms at the 95th percentile, under 100 ms`);
  await context.close();
}

/** particles counts frames a second of moving wind; with software for a graphics card that is a floor, not what a laptop does. */
async function particles() {
  await browser.close();
  browser = await launch(['--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist']);
  const { page, context } = await open(`${BASE}/#particles=1`, {}, false);
  await page.waitForFunction(() => Number(document.getElementById('flow').dataset.frames) > 30, null, { timeout: 120e3 });
  const rate = await page.evaluate(() => new Promise(done => {
    const e = document.getElementById('flow'), n = Number(e.dataset.frames), t = performance.now();
    setTimeout(() => done({ rate: (Number(e.dataset.frames) - n) / (performance.now() - t) * 1000, kind: e.dataset.kind, size: `${e.width} x ${e.height}` }), 5000);
  }));
  const card = await page.evaluate(() => {
    const gl = document.createElement('canvas').getContext('webgl2'), info = gl?.getExtension('WEBGL_debug_renderer_info');
    return info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : 'no WebGL';
  });
  check(rate.rate > 10, `particles by ${rate.kind}: ${rate.rate.toFixed(0)} frames a second at ${rate.size}, drawn by ${card}`);
  await context.close();
}

/** held is the bytes of the page's heap and of its process, the median of some looks after collecting garbage. */
async function held(cdp, pid) {
  const heap = [], rss = [];
  for (let i = 0; i < 7; i++) {
    await cdp.send('HeapProfiler.collectGarbage');
    const { metrics } = await cdp.send('Performance.getMetrics');
    heap.push(metrics.find(m => m.name === 'JSHeapUsedSize').value);
    rss.push(1024 * Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]));
    await new Promise(done => setTimeout(done, 1500));
  }
  return { heap: median(heap), rss: median(rss) };
}

async function memory() {
  const { page, cdp } = await open(`${BASE}/`, {}, false);
  await cdp.send('Performance.enable');
  const whole = await browser.newBrowserCDPSession(), { processInfo } = await whole.send('SystemInfo.getProcessInfo');
  const used = pid => Number(fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[11]); // jiffies in user mode
  const pid = processInfo.filter(p => p.type === 'renderer').map(p => p.id).reduce((a, b) => (used(b) > used(a) ? b : a));
  await play(page);
  const began = Date.now(), mb = v => (v / 1e6).toFixed(1);
  await page.waitForTimeout(Math.min(60e3, minutes * 30e3));
  await page.waitForFunction(() => window.steps.length > document.querySelectorAll('#marks path').length, null, { timeout: 600e3, polling: 1000 }); // all steps once
  const first = await held(cdp, pid);
  console.log(`after ${((Date.now() - began) / 60e3).toFixed(1)} minutes: heap ${mb(first.heap)} MB, process ${mb(first.rss)} MB`);
  let now = first;
  for (let n = 1; Date.now() - began < minutes * 60e3;) {
    await page.waitForTimeout(Math.max(0, Math.min(minutes * 60e3 - (Date.now() - began) - 10e3, 110e3)) + 1);
    now = await held(cdp, pid);
    console.log(`after ${((Date.now() - began) / 60e3).toFixed(1)} minutes: heap ${mb(now.heap)} MB, process ${mb(now.rss)} MB`);
    n++;
  }
  const seen = (await stepsOf(page)).length;
  check(seen > minutes * 10, `${seen} steps were played in ${((Date.now() - began) / 60e3).toFixed(1)} minutes`);
  check(now.heap <= 1.2 * first.heap, `the heap is ${mb(now.heap)} MB, no more than ${mb(first.heap)} MB and 20 %`);
  check(now.rss <= 1.2 * first.rss, `the process holds ${mb(now.rss)} MB, no more than ${mb(first.rss)} MB and 20 %`);
}

const parts = {
  async first() {
    await firstMaps('desktop', {});
    await firstMaps('phone', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  },
  steps, particles, memory,
};
for (const part of PART.split(',')) await parts[part]();
console.log(`${passed} passed, ${failed} failed`);
await Promise.race([browser.close(), new Promise(done => setTimeout(done, 10e3))]);
process.exit(failed ? 1 : 0);
