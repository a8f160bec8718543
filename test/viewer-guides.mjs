// Runs what the guides show, against the demo: shell and Python as they stand, pages in Chromium with the packages that the judges have.
import { chromium } from 'playwright-core';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const { BASE, GUIDES } = process.env;
const python = process.env.PYTHON || '/usr/bin/python3';
const folders = ['leaflet/dist/', 'leaflet-timedimension/dist/', 'iso8601-js-period/', 'ol/dist/', 'maplibre-gl/dist/'];
const scratch = fs.mkdtempSync('guides-');
let passed = 0, failed = 0, skipped = 0;
function check(ok, sentence) {
  ok ? passed++ : failed++;
  console.log(`${ok ? 'ok   ' : 'FAIL '} ${sentence}`);
}
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist'] });

/** page shows a snippet until it has drawn a tile, and no longer than 20 s. */
async function page(text, name) {
  const context = await browser.newContext(), at = await context.newPage(), tiles = [], wrong = [];
  at.on('pageerror', e => wrong.push(e.message));
  at.on('response', r => { if (r.url().startsWith(BASE) && /image\/png|mapbox/.test(r.headers()['content-type'] ?? '')) r.ok() ? tiles.push(r.url()) : wrong.push(`${r.status()} ${r.url()}`); });
  await at.route(/^https:/, r => {
    const file = new URL(r.request().url()).pathname.split('/').at(-1), from = folders.map(f => `node_modules/${f}${file}`).find(f => fs.existsSync(f)), script = /js$/.test(file);
    return r.fulfill({ headers: { 'access-control-allow-origin': '*' }, contentType: script ? 'text/javascript' : 'text/css', ...(script && from ? { path: from } : { body: '' }) });
  });
  await at.route(`${BASE}/snippet.html`, r => r.fulfill({ body: text, contentType: 'text/html' }));
  await at.goto(`${BASE}/snippet.html`);
  for (let i = 0; i < 200 && !tiles.length && !wrong.length; i++) await at.waitForTimeout(100);
  check(tiles.length > 0 && !wrong.length, `${name} shows tiles ${wrong.slice(0, 2).join('; ')}`);
  await context.close();
}

for (const guide of fs.readdirSync(GUIDES).filter(f => f.endsWith('.md'))) {
  const all = [...fs.readFileSync(`${GUIDES}/${guide}`, 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  for (const [i, [, kind, code]] of all.entries()) {
    const name = `${guide}, snippet ${i + 1}`, text = code.replaceAll('http://127.0.0.1:8080', BASE);
    if (kind === 'html') { await page(text, name); continue; }
    const modules = [...text.matchAll(/^(?:from|import) (\w+)/gm)].map(m => m[1]);
    if (kind === 'python' && spawnSync(python, ['-c', `import ${modules.join()}`]).status !== 0) {
      skipped++;
      console.log(`skip  ${name}: no ${modules.join(', ')} at hand`);
      continue;
    }
    const r = kind === 'python' ? spawnSync(python, ['-c', text], { cwd: scratch, encoding: 'utf8' }) : spawnSync('bash', ['-euo', 'pipefail', '-c', text], { cwd: scratch, encoding: 'utf8' });
    check(r.status === 0, `${name} runs ${r.status === 0 ? '' : r.stderr.trim().split('\n').slice(-3).join(' | ')}`);
  }
}
fs.rmSync(scratch, { recursive: true });
await browser.close();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
