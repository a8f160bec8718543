// The page of docs/data-tiles.md as it stands there, in Chromium on the demo, with OpenLayers from node_modules.
import { chromium } from 'playwright-core';
import { readFileSync } from 'fs';

const { BASE, OUT } = process.env;
const html = readFileSync(`${OUT}/data-tiles.md`, 'utf8').match(/```html\n([\s\S]*?)```/)[1].replace('http://127.0.0.1:8080', BASE);
const args = ['--no-sandbox', '--use-gl=angle', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args });
const page = await browser.newPage({ viewport: { width: 1000, height: 640 } });
const troubles = [];
page.on('pageerror', e => troubles.push(e.message));
page.on('response', r => { if (r.status() >= 400) troubles.push(`${r.status()} ${r.url()}`); });
await page.route('https://cdn.jsdelivr.net/**', route => {
  const css = route.request().url().endsWith('.css');
  route.fulfill({ body: readFileSync(`node_modules/ol/${css ? 'ol.css' : 'dist/ol.js'}`), contentType: css ? 'text/css' : 'text/javascript' });
});
await page.route(`${BASE}/trial.html`, route => route.fulfill({ body: html, contentType: 'text/html' }));
await page.goto(`${BASE}/trial.html`);
await page.waitForFunction(() => document.title === 'painted', null, { timeout: 60000 });
await page.waitForTimeout(1500);
await page.screenshot({ path: `${OUT}/data-tiles.png` });
await browser.close();
if (troubles.length) { console.error(troubles.join('\n')); process.exit(1); }
