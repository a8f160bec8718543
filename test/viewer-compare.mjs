// Two pictures compared in the viewer: two times, two models, two runs, under a divider and side by side. RUNS is a server with two runs of a model.
import { accessible, check, colour, finish, hash, near, open, rest, wms } from './viewer-lib.mjs';

const { RUNS } = process.env;
const words = async page => [await page.innerText('#sideA'), await page.innerText('#sideB')];
/** place is where a pixel of the map is, in degrees: the place under the middle is in the address, and the scale is the zoom's. */
function place(page, x, y, width = 1280, height = 800) {
  const q = hash(page), [lon, lat] = q.get('at').split(',').map(Number), metres = 156543.034 / 2 ** Number(q.get('z')), r = 6378137, rad = Math.PI / 180;
  const my = r * Math.log(Math.tan(Math.PI / 4 + lat * rad / 2)) + (height / 2 - y) * metres;
  return [lon + (x - width / 2) * metres / r / rad, (2 * Math.atan(Math.exp(my / r)) - Math.PI / 2) / rad];
}

// ---- a divider

const at = '&time=2013-02-14T06:00:00Z&opacity=100&at=-15,38&z=5', t2m = 'gfs-0p5-natl.t2m';
let page = await open(`#layer=${t2m}${at}`);
await rest(page);
await page.click('#swipeButton');
await page.waitForSelector('#divider:not([hidden])');
await rest(page);
check(hash(page).get('compare') === 'swipe' && hash(page).get('with') === 'gfs-2p5.t2m', 'comparing begins with the same element of another model');
await page.selectOption('#otherLayer', t2m);
await rest(page);
await page.selectOption('#otherTime', '2013-02-17T06:00:00Z');
await rest(page);
check(hash(page).get('withtime') === '2013-02-17T06:00:00Z', 'two times are compared');
await page.waitForFunction(() => document.getElementById('sideB').innerText.includes('17 Feb'));
await rest(page);
const [a, b] = await words(page);
check(a.includes('14 Feb 2013, 06:00') && b.includes('17 Feb 2013, 06:00'), 'both sides are named');
const y = 560, left = 480, right = 800; // over the sea, beside no coast, off the lines of the graticule
const then = await wms(page, t2m, 'temperature', '2013-02-14T06:00:00Z', place(page, left, y)), later = await wms(page, t2m, 'temperature', '2013-02-17T06:00:00Z', place(page, right, y));
check(near(await colour(page, left, y), then), `left of the divider is the first time: ${await colour(page, left, y)} and WMS' ${then}`);
check(near(await colour(page, right, y), later), `right of it is the second: ${await colour(page, right, y)} and WMS' ${later}`);
const here = await wms(page, t2m, 'temperature', '2013-02-14T06:00:00Z', place(page, right, y));
check(!near(here, later, 3), `they differ there: ${here}`);
await page.mouse.move(640, 400);
await page.mouse.down();
await page.mouse.move(900, 400, { steps: 4 });
await page.mouse.up();
await page.waitForTimeout(300);
check(Math.abs(Number(hash(page).get('split')) - 70) <= 1, `the divider is drawn by the mouse, to ${hash(page).get('split')} %`);
check(near(await colour(page, right, y), here), 'and the first time reaches as far');
await page.focus('#divider');
await page.keyboard.press('ArrowLeft');
await page.keyboard.press('PageDown');
check(hash(page).get('split') === '58' && await page.getAttribute('#divider', 'aria-valuenow') === '58' && hash(page).get('time') === '2013-02-14T06:00:00Z', 'keys move it, and leave the time alone');
await page.keyboard.press('Home');
await page.waitForTimeout(300);
check(near(await colour(page, left, y), await wms(page, t2m, 'temperature', '2013-02-17T06:00:00Z', place(page, left, y))), 'at its end the second time has all the map');
await page.keyboard.press('End');
await page.keyboard.press('PageDown');
await page.keyboard.press('PageDown');
await page.keyboard.press('PageDown');
const read = async (x, y) => { await page.mouse.move(x, y); await page.mouse.move(x + 1, y); await page.waitForTimeout(700); return Number((await page.textContent('#value')).replace('\u2212', '-').split(' ')[0]); };
const edr = async (time, [lon, lat]) => (await (await fetch(`${process.env.BASE}/collections/${t2m}/position?coords=POINT(${lon}%20${lat})&datetime=${time}`)).json()).ranges.t2m.values[0] - 273.15;
const [vl, vr, wl, wr] = [await read(480, y), await read(960, y), await edr('2013-02-14T06:00:00Z', place(page, 481, y)), await edr('2013-02-17T06:00:00Z', place(page, 961, y))];
check(Math.abs(vl - wl) < 0.3 && Math.abs(vr - wr) < 0.3, `the value under the pointer is its side's: ${vl} and ${wl.toFixed(2)}, ${vr} and ${wr.toFixed(2)}`);
await accessible(page, 'a map under a divider');
const link = page.url(), other = await open(link.slice(process.env.BASE.length + 1));
await rest(other);
await rest(page);
check(other.url() === link && JSON.stringify(await words(other)) === JSON.stringify(await words(page)), 'a link opens the same comparison');
await other.context().close();

// ---- side by side

await page.click('#besideButton');
await page.waitForSelector('#map2:not([hidden])');
await rest(page);
check(near(await colour(page, 320, y), await wms(page, t2m, 'temperature', '2013-02-14T06:00:00Z', place(page, 320, y, 640))), 'the left map is of the first time');
check(near(await colour(page, 960, y, '#map2'), await wms(page, t2m, 'temperature', '2013-02-17T06:00:00Z', place(page, 320, y, 640))), 'the right one of the second, at the same place');
await page.mouse.move(400, 500);
await page.mouse.move(402, 500);
await page.waitForTimeout(700);
check(await page.isVisible('#value') && await page.isVisible('#valueOther'), 'the pointer reads both');
await page.mouse.move(960, 500);
await page.mouse.wheel(0, -200);
await page.waitForFunction(() => Number(new URLSearchParams(location.hash).get('z')) > 5);
await rest(page);
check(Number(hash(page).get('z')) > 5, 'the right map zooms both');
await page.selectOption('#otherTime', '');
await rest(page);
await page.focus('#map');
await page.keyboard.press('ArrowRight');
await rest(page);
await page.waitForFunction(() => document.getElementById('sideA').innerText.includes('12:00'));
check((await words(page))[1].includes('14 Feb 2013, 12:00'), 'without a time of its own the second goes along');
await page.selectOption('#otherLayer', 'gfs-0p5-natl.msl');
await rest(page);
check(new URL(await page.getAttribute('#legendOther', 'src'), process.env.BASE).searchParams.get('LAYER') === 'gfs-0p5-natl.msl', 'another element has its own legend');
await page.click('#settings summary');
await page.selectOption('#projection', 'EPSG:3035');
await page.waitForTimeout(1000);
await rest(page);
check(await page.evaluate(() => document.querySelectorAll('#map2 canvas').length) > 0 && page.seen.some(u => u.includes('SRS=EPSG%3A3035') && u.includes('LAYERS=gfs-0p5-natl.msl')), 'both have another projection');
await accessible(page, 'two maps');
await page.click('#besideButton');
await rest(page);
await page.waitForFunction(() => !location.hash.includes('compare'));
check(!hash(page).has('compare') && await page.isHidden('#map2') && await page.evaluate(() => document.getElementById('map').clientWidth === innerWidth), 'the same button ends it');
await page.context().close();

// ---- two runs

if (RUNS) {
  page = await open('', { base: RUNS });
  await rest(page);
  await page.click('#swipeButton');
  await page.waitForSelector('#divider:not([hidden])');
  await rest(page);
  const [now, before] = await words(page);
  check(now !== before && hash(page).has('withrun'), `two runs are compared: ${now.replace('\n', ', ')} and ${before.replace('\n', ', ')}`);
  check([...new Set(page.seen.flatMap(u => /xyz.*[?&]run=([^&]+)/.exec(u)?.[1] ?? []))].length === 2, 'tiles of both are asked for');
  await page.context().close();
}
await finish();
