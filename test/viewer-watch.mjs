// Alerts and probe streams in the viewer, and what comes while it is open: RUNS is a server with forecasts of now that knows ada, and reads files
// that appear in FOLDER; LATER is a run that is not there yet.
import fs from 'node:fs';
import { accessible, browser, check, finish, hash, open, rest } from './viewer-lib.mjs';

const { RUNS, FOLDER, LATER } = process.env;
const get = async path => (await fetch(`${RUNS}/${path}`, { headers: { Accept: 'application/json' } })).json();
const card = (page, text) => page.locator('.card', { hasText: text });

// ---- who has not signed in looks

let page = await open('#layer=gfs-0p5-natl.ws10', { base: RUNS, expected: ['favicon.ico', 'Failed to load resource'] });
await rest(page);
await page.click('#watchButton');
await page.waitForSelector('#point >> text=There are no alerts yet.');
check(await page.isVisible('#point button:text-is("Sign in")') && await page.isHidden('form.make'), 'who has not signed in makes no alerts');
check(hash(page).get('watch') === 'alerts', 'that the alerts are open is in the address');
await accessible(page, 'the alerts');

// ---- who has makes one

await page.click('#point button:text-is("Sign in")');
await page.fill('[name=name]', 'ada');
await page.fill('[name=password]', 'lovelace-lovelace');
await page.keyboard.press('Enter');
await page.waitForSelector('form.make');
check(await page.isVisible('text=Signed in as ada.') && hash(page).get('layer') === 'gfs-0p5-natl.ws10', 'after signing in the view and the alerts are there again');
await accessible(page, 'the form of an alert');
await page.fill('form.make [aria-label="Threshold"]', '25');
await page.click('form.make > button');
await card(page, 'Wind speed at 10 m > 25').waitFor();
await card(page, 'active').waitFor({ timeout: 15e3 }).catch(() => {});
const { alerts: [made] } = await get('alerts?f=json');
const text = await card(page, 'Wind speed at 10 m > 25').innerText();
check(made.expression === 'ws10 > 12.861111' && made.state.active, `the alert is the server's: ${made.expression}`);
check(text.includes('active') && text.includes(`${(made.state.first.value * 3600 / 1852).toFixed(1)} kt`), 'how it stands is told without asking, in knots');
await page.click('.card summary');
await page.waitForTimeout(200);
check((await page.innerText('.card ol')).includes('fired'), 'its history is told');
await page.click('.card button:text-is("On the map")');
await rest(page);
check(hash(page).get('time') === made.state.first.time, 'the map goes to the time at which it is first true');
await accessible(page, 'an alert');
const second = await open('#layer=gfs-0p5-natl.ws10&watch=alerts', { base: RUNS });
await card(second, 'Wind speed').waitFor();
check(await second.isHidden('form.make') && await second.isHidden('.card button:text-is("End")'), 'others see it, and can\'t end it');
await page.selectOption('form.make select >> nth=2', 'airports');
await page.fill('form.make [aria-label="Threshold"]', '0');
await page.fill('form.make input[type=text]', 'Any wind at airports');
await page.click('form.make > button');
await card(second, 'Any wind at airports').waitFor({ timeout: 15e3 });
check(true, 'an alert that fires appears on other pages by itself');
await second.context().close();
await page.fill('form.make [aria-label="Threshold"]', '5');
await page.selectOption('form.make select >> nth=2', 'draw');
await page.waitForSelector('#hint:not([hidden])');
await page.mouse.click(420, 300);
await page.mouse.click(620, 300);
await page.mouse.dblclick(520, 460);
await page.fill('form.make input[type=text]', 'Drawn');
await page.waitForTimeout(700);
await page.click('form.make > button');
await card(page, 'Drawn').waitFor();
const { area } = await get(`alerts/${(await get('alerts?f=json')).alerts.find(a => a.title === 'Drawn').id}`);
check(area.type === 'Polygon' && area.coordinates[0].length === 4, 'an alert is of a drawn area');
for (const title of ['Drawn', 'Any wind at airports']) {
  await card(page, title).locator('button', { hasText: 'End' }).click();
  await card(page, title).locator('button', { hasText: 'Really end it?' }).click();
  await card(page, title).waitFor({ state: 'detached' });
}
check((await get('alerts?f=json')).alerts.length === 1, 'an alert is ended by two clicks');

// ---- streams

await page.click('.tabs button:text-is("Streams")');
await page.waitForSelector('text=A new stream');
await page.fill('form.make input[type=text]', 'Airports of the sea');
await page.selectOption('form.make select', 'airports');
await page.click('form.make > button');
await card(page, 'Airports of the sea').waitFor();
const { streams: [stream] } = await get('streams?f=json');
check(stream.layers.join() === 'gfs-0p5-natl.ws10' && stream.numberOfFeatures === 891, `the stream is the server's: ${stream.numberOfFeatures} places`);
await accessible(page, 'a stream');

// ---- a new run comes

await page.waitForTimeout(10e3); // until the page hears of news
fs.copyFileSync(LATER, `${FOLDER}/later.part`);
fs.renameSync(`${FOLDER}/later.part`, `${FOLDER}/later.grib1`);
await page.waitForSelector('#offer:not([hidden])', { state: 'attached', timeout: 60e3 });
check((await page.textContent('#offerText')).includes('the run of') && !(await page.textContent('#about')).includes('pinned'), 'the new run is told by events, and offered');
await page.waitForFunction(async id => (await (await fetch(`streams/${id}/series?limit=1`)).json()).features.length > 0, stream.id, { timeout: 30e3 });
check((await card(page, 'Airports of the sea').innerText()).includes('Newest: '), 'what a stream keeps is told as it comes');
await page.click('.card button:text-is("Series")');
await page.selectOption('.card select', 'LIS');
await page.waitForTimeout(500);
await page.waitForSelector('.card .chart');
const { features: [kept] } = await get(`streams/${stream.id}/series?ids=LIS`);
check((await page.$$('.card .chart circle')).length === kept.properties.ws10.length, `the series of a place has the ${kept.properties.ws10.length} values that were kept`);
await page.click('.card button:text-is("On the map")');
await page.waitForFunction(id => location.hash.includes(`places=${id}`), stream.id);
check(page.seen.some(u => u.endsWith(`/streams/${stream.id}`)), 'its places are on the map');
await page.click('.card button:text-is("End")');
await page.click('.card button:text-is("Really end it?")');
await page.waitForSelector('text=There are no streams yet.');
check((await get('streams?f=json')).streams.length === 0, 'a stream is ended');
await page.click('#point button:text-is("Sign out")');
await page.waitForSelector('#point button:text-is("Sign in")');
check(await page.isHidden('form.make'), 'who has signed out makes none');
await page.keyboard.press('Escape');
check(await page.isHidden('#point') && !hash(page).has('watch'), 'Escape closes the panel');
const runs = (await page.$$('#pick-run option')).length;
await page.click('#accept');
await page.waitForFunction(n => document.querySelectorAll('#pick-run option').length > n, runs);
check(true, 'the new run is taken when it is accepted');
await page.context().close();
await finish();
