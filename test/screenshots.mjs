// Pictures of the viewer in Chromium: the first map, a time step later, a dark one.
import { chromium } from 'playwright-core';

const { BASE, OUT } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
const troubles = [];

async function picture(name, hash, scheme, act) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: scheme });
  page.on('pageerror', e => troubles.push(`${name}: ${e.message}`));
  page.on('response', r => { if (r.status() >= 400) troubles.push(`${name}: ${r.status()} ${r.url()}`); });
  const began = Date.now();
  await page.goto(`${BASE}/${hash}`, { waitUntil: 'networkidle' });
  console.log(`${name}: quiet after ${Date.now() - began} ms`);
  await act?.(page);
  await page.waitForTimeout(800);
  await page.screenshot({ path: `${OUT}/${name}.png` });
  await page.close();
}
await picture('viewer', '#layer=gfs-0p5-natl.ws10&time=2013-02-16T06:00:00Z', 'light', page => page.mouse.move(760, 420));
await picture('viewer-dark', '#layer=gfs-0p25.t', 'dark');
await browser.close();
if (troubles.length) { console.error(troubles.join('\n')); process.exit(1); }
