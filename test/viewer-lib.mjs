// What the viewer's suites share: Chromium, a page that is watched for errors and for requests to elsewhere, and what is looked at in it.
import { chromium } from 'playwright-core';
import { createRequire } from 'node:module';
import fs from 'node:fs';

export const { BASE } = process.env;
const args = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
export const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
const axe = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
export const troubles = [];
let passed = 0, failed = 0;
/** check counts what holds and what does not. */
export function check(ok, sentence) {
  ok ? passed++ : failed++;
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${sentence}`);
}

/** open shows a page of the server; troubles gets what goes wrong in it, but for what is expected. */
export async function open(hash, { base = BASE, expected = [], prepare, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, colorScheme: 'light', locale: 'en-GB', ...options });
  const page = await context.newPage(), seen = [];
  page.setDefaultTimeout(30e3);
  const fine = text => expected.some(e => text.includes(e));
  page.on('pageerror', e => troubles.push(`${hash}: ${e.message}`));
  page.on('console', m => { if (m.type() === 'error' && !fine(m.text())) troubles.push(`${hash}: ${m.text()}`); });
  page.on('request', r => {
    seen.push(r.url());
    if (!/^(data|blob):/.test(r.url()) && !r.url().startsWith(base)) troubles.push(`${hash}: asks elsewhere: ${r.url()}`);
  });
  page.on('response', r => { if (r.status() >= 400 && !fine(r.url())) troubles.push(`${hash}: ${r.status()} ${r.url()}`); });
  await prepare?.(page);
  await page.goto(`${base}/${hash}`);
  page.seen = seen;
  return page;
}
/** rest waits until the map shows what its label names. */
export const rest = async page => {
  await page.waitForFunction(() => document.getElementById('instant').ariaBusy === 'false', null, { timeout: 60e3 });
  await page.waitForTimeout(150);
};
export const hash = page => new URLSearchParams(new URL(page.url()).hash.slice(1));
export const json = async path => (await fetch(`${BASE}/${path}`)).json();
export async function violations(page) {
  await page.evaluate(axe);
  const r = await page.evaluate(() => window.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return r.violations.map(v => `${v.id}: ${v.nodes.slice(0, 3).map(n => n.target.join(' ')).join('; ')}`);
}
export async function accessible(page, what) {
  const all = await violations(page);
  check(all.length === 0, `axe finds nothing wrong with ${what}${all.length ? `: ${all.join(' | ')}` : ''}`);
}
/** look is the map's picture at a grid of places. */
export const look = page => page.evaluate(() => {
  const small = Object.assign(document.createElement('canvas'), { width: 40, height: 25 }), pen = small.getContext('2d');
  for (const c of document.querySelectorAll('#map .ol-layer canvas, #map canvas.ol-layer')) {
    if (!c.width) continue;
    pen.globalAlpha = Number(c.parentNode.style.opacity || c.style.opacity || 1);
    pen.drawImage(c, 0, 0, 40, 25);
  }
  return small.toDataURL();
});

/** colour is what a map shows at a pixel, the page's sea under it: [r, g, b]. */
export const colour = (page, x, y, map = '#map') => page.evaluate(([x, y, map]) => {
  const one = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }), pen = one.getContext('2d'), box = document.querySelector(map).getBoundingClientRect();
  pen.fillStyle = getComputedStyle(document.getElementById('map')).backgroundColor;
  pen.fillRect(0, 0, 1, 1);
  for (const c of document.querySelectorAll(`${map} .ol-layer canvas, ${map} canvas.ol-layer`)) {
    if (!c.width) continue;
    pen.globalAlpha = Number(c.parentNode.style.opacity || c.style.opacity || 1);
    pen.drawImage(c, -(x - box.left) * c.width / box.width, -(y - box.top) * c.height / box.height, c.width, c.height);
  }
  return [...pen.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}, [x, y, map]);

/** wms is the colour that WMS gives a layer over the page's sea, by the middle pixel of a map around a place: [r, g, b]. */
export async function wms(page, layer, style, time, [lon, lat]) {
  const d = 0.25, q = new URLSearchParams({ SERVICE: 'WMS', VERSION: '1.3.0', REQUEST: 'GetMap', LAYERS: layer, STYLES: style, CRS: 'CRS:84', BBOX: [lon - d, lat - d, lon + d, lat + d].join(), WIDTH: 11, HEIGHT: 11, FORMAT: 'image/png', TRANSPARENT: 'TRUE', TIME: time });
  const bytes = Buffer.from(await (await fetch(`${BASE}/wms?${q}`)).arrayBuffer()).toString('base64');
  return page.evaluate(async data => {
    const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob()), pen = new OffscreenCanvas(11, 11).getContext('2d');
    pen.fillStyle = getComputedStyle(document.getElementById('map')).backgroundColor;
    pen.fillRect(0, 0, 11, 11);
    pen.drawImage(picture, 0, 0);
    return [...pen.getImageData(5, 5, 1, 1).data.slice(0, 3)];
  }, bytes);
}
export const near = (a, b, most = 8) => a.every((v, i) => Math.abs(v - b[i]) <= most);

/** finish prints what went wrong beside the checks, and the total. */
export async function finish() {
  check(troubles.length === 0, `${troubles.length} console errors, failed requests, and requests to elsewhere`);
  for (const t of troubles.slice(0, 12)) console.log(`      ${t}`);
  console.log(`${passed} passed, ${failed} failed`);
  await Promise.race([browser.close(), new Promise(done => setTimeout(done, 10e3))]); // Chromium may take its time to end
  process.exit(failed ? 1 : 0);
}
