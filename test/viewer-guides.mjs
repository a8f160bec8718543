// Runs what the guides show, against the demo: shell, Python and R as they stand, pages in Chromium with the packages that the judges have. What has no
// client at hand is left out aloud. Python's packages are fetched into a folder of their own where there is a network; QGIS is tried by its own script, too.
import { chromium } from 'playwright-core';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

const { BASE, GUIDES } = process.env;
const python = process.env.PYTHON || '/usr/bin/python3', tests = `${GUIDES}/../../test`;
const folders = ['leaflet/dist/', 'leaflet-timedimension/dist/', 'iso8601-js-period/', 'ol/dist/', 'maplibre-gl/dist/'];
const scratch = fs.mkdtempSync('guides-');
let passed = 0, failed = 0, skipped = 0;
function skip(sentence) {
  skipped++;
  console.log(`skip  ${sentence}`);
}
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

const has = (program, modules) => spawnSync(program, ['-c', modules.map(m => `import ${m}`).join('\n')]).status === 0;
let venv; // undefined: not tried yet; null: it can't be had

/** pythonWith is a Python that has all modules; null if there is none. */
function pythonWith(modules) {
  if (has(python, modules)) return python;
  if (venv === undefined) {
    const folder = fs.realpathSync(scratch) + '/venv', made = spawnSync('python3', ['-m', 'venv', folder]), pip = made.status === 0 ? spawnSync(`${folder}/bin/pip`, ['install', '-q', '--disable-pip-version-check', '-r', `${tests}/guides-requirements.txt`], { encoding: 'utf8', timeout: 300_000 }) : null;
    venv = pip?.status === 0 ? `${folder}/bin/python` : null;
    if (!venv) console.log(`no packages for Python: ${(pip?.stderr ?? 'no venv').trim().split('\n').at(-1)}`);
  }
  return venv && has(venv, modules) ? venv : null;
}

/** The languages that programs run: what a snippet needs, and how it is called; null if its client is not at hand. */
const languages = {
  sh: (text, name) => ['bash', ['-euo', 'pipefail', '-c', text]],
  python(text, name) {
    const modules = [...text.matchAll(/^(?:from|import) (\w+)/gm)].map(m => m[1]), qgis = modules.includes('qgis');
    const program = qgis ? (has('/usr/bin/python3', ['qgis.core']) ? '/usr/bin/python3' : null) : pythonWith(modules);
    if (!program) return skip(`${name}: no ${modules.join(', ')} at hand`), null;
    const before = 'from qgis.core import QgsApplication, QgsProject\nimport os\nqgis_ = QgsApplication([], False)\nqgis_.initQgis()\n';
    const after = '\nall_ = QgsProject.instance().mapLayers().values()\nprint([l.name() for l in all_])\nos._exit(0 if all_ and all(l.isValid() for l in all_) else 1)\n';
    return [program, ['-c', qgis ? before + text + after : text]];
  },
  r(text, name) {
    const packages = [...text.matchAll(/^library\((\w+)\)/gm)].map(m => m[1]);
    const there = spawnSync('Rscript', ['--vanilla', '-e', `quit(status = if (all(sapply(c("stats", ${packages.map(p => `"${p}"`).join(', ') || '"utils"'}), requireNamespace, quietly = TRUE))) 0 else 1)`]);
    if (there.status !== 0) return skip(`${name}: no R${packages.map(p => `, ${p}`).join('')} at hand`), null;
    return ['Rscript', ['--vanilla', '-e', text]];
  },
};

for (const guide of fs.readdirSync(GUIDES).filter(f => f.endsWith('.md'))) {
  const all = [...fs.readFileSync(`${GUIDES}/${guide}`, 'utf8').matchAll(/```(\w+)\n([\s\S]*?)```/g)];
  for (const [i, [, kind, code]] of all.entries()) {
    const name = `${guide}, snippet ${i + 1}`, text = code.replaceAll('http://127.0.0.1:8080', BASE);
    if (kind === 'html') { await page(text, name); continue; }
    if (!languages[kind]) { check(false, `${name}: nothing runs ${kind}`); continue; }
    const call = languages[kind](text, name);
    if (!call) continue;
    const r = spawnSync(...call, { cwd: scratch, encoding: 'utf8', env: { QT_QPA_PLATFORM: 'offscreen', ...process.env } });
    check(r.status === 0, `${name} runs ${r.status === 0 ? '' : r.stderr.trim().split('\n').slice(-3).join(' | ')}`);
  }
}
const qgis = spawnSync('/usr/bin/python3', [`${tests}/guides-qgis.py`], { encoding: 'utf8', timeout: 300_000 });
for (const line of qgis.stdout.trim().split('\n')) {
  const sum = /^(\d+) passed, (\d+) failed, (\d+) skipped/.exec(line);
  if (!sum) console.log(line.replace(/^(ok|FAIL) +/, (all, word) => `${word.padEnd(6)}QGIS: `));
  else passed += +sum[1], failed += +sum[2], skipped += +sum[3];
}
if (!/ passed, /.test(qgis.stdout)) check(false, `QGIS' check comes to its end: ${qgis.stderr.trim().split('\n').at(-1)}`);
fs.rmSync(scratch, { recursive: true });
await browser.close();
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exit(failed ? 1 : 0);
