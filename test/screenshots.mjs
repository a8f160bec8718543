// Pictures of the viewer in Chromium: the first map with a place's numbers, a dark one with moving wind, a phone.
import { chromium } from 'playwright-core';

const { BASE, OUT } = process.env;
const args = ['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
const troubles = [];

async function picture(name, hash, options, act) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
  page.on('pageerror', e => troubles.push(`${name}: ${e.message}`));
  page.on('response', r => { if (r.status() >= 400) troubles.push(`${name}: ${r.status()} ${r.url()}`); });
  const began = Date.now();
  await page.goto(`${BASE}/${hash}`);
  await page.waitForFunction(() => document.getElementById('instant').ariaBusy === 'false', null, { timeout: 60e3 });
  console.log(`${name}: first map after ${Date.now() - began} ms`);
  await act?.(page);
  await page.waitForTimeout(2500);
  await page.screenshot({ path: `${OUT}/${name}.png` });
  await page.close();
}
const place = page => page.waitForSelector('#point .chart').then(() => page.evaluate(() => document.activeElement.blur()));
await picture('viewer', '#layer=gfs-0p5-natl.msl,gfs-0p5-natl.ws10&style=isolines,wind-speed&active=1&time=2013-02-16T06:00:00Z&at=-8,37&z=4.9&point=-16.5,41.2', {}, place);
const moving = page => page.waitForFunction(() => Number(document.getElementById('flow').dataset.frames) > 60, null, { timeout: 120e3 });
await picture('viewer-dark', '#layer=gfs-2p5.ws&level=30000&map=north&particles=1', { colorScheme: 'dark', viewport: { width: 1100, height: 700 } }, moving);
await picture('viewer-phone', '#layer=gfs-0p5-natl.t2m&time=2013-02-16T06:00:00Z&places=airports', { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
await browser.close();
if (troubles.length) { console.error(troubles.join('\n')); process.exit(1); }
