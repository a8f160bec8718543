// What is new on the server: runs and steps are offered, never forced; what is being fetched is told in passing.
import { layers } from './capabilities.js';
import { hear } from './hear.js';
import { look } from './state.js';
import { label } from './timebar.js';
import { t } from './words.js';

const $ = id => document.getElementById(id);
const quiet = 10e3; // ms from the first map until the stream of events is opened
const often = 60e3, soon = 10e3; // ms between looks without events; and while something is fetched

/** makeNews: take(all) shows a new catalogue, know(all) keeps one with nothing new for what is shown. */
export function makeNews({ all, take, know, events, guarded }) {
  let version = '', looking = 0;

  /** catalogue looks whether has changed, and offers what is new for the layers shown. */
  async function catalogue() {
    const answer = await fetch('collections?f=json', { method: 'HEAD', cache: 'no-cache' });
    await answer.text(); // an answer that is not read to its end counts as broken off
    const etag = answer.headers.get('ETag');
    if (version && etag !== version) {
      const now = await layers(true);
      const fresh = look.layers.map(e => ({ e, now: now.find(l => l.name === e.layer.name) })).filter(x => x.now && (x.now.runs[0] !== x.e.layer.runs[0] || x.now.times.length !== x.e.layer.times.length));
      fresh.length ? offer(fresh[0].e, fresh[0].now, now) : know(now);
    }
    version = etag;
  }

  function offer(e, layer, now) {
    $('offerText').textContent = layer.runs[0] !== e.layer.runs[0] ? t('newRun', { model: layer.modelTitle, run: label(layer.runs[0]) }) : t('newSteps', { model: layer.modelTitle });
    $('offer').hidden = false;
    $('accept').onclick = guarded(() => { $('offer').hidden = true; return take(now); });
  }
  $('decline').onclick = () => { $('offer').hidden = true; };

  /** arriving tells how far the feeds are that fetch something now. */
  async function arriving() {
    const { feeds } = await (await fetch('status', { headers: { Accept: 'application/json' } })).json();
    const busy = feeds.filter(f => f.state !== 'waiting' && f.done < f.items), done = busy.reduce((sum, f) => sum + f.done, 0), items = busy.reduce((sum, f) => sum + f.items, 0);
    $('arriving').hidden = !busy.length;
    const title = f => all().find(l => l.model === f.model)?.modelTitle ?? f.model;
    $('arrivingText').textContent = busy.map(f => t('arriving', { model: title(f), run: label(f.run), done: f.done, items: f.items })).join(' · ');
    Object.assign($('arrivingBar'), { max: items || 1, value: done });
    clearTimeout(looking);
    if (busy.length) looking = setTimeout(guarded(() => document.hidden || arriving()), soon);
  }

  const hearing = guarded(() => document.hidden || Promise.all([catalogue(), arriving()]));

  /** listen hears of news by events where the server has them, and asks from time to time in any case. */
  function listen() {
    hearing();
    if (events()) setTimeout(() => hear(e => e.kind === 'data' && hearing()), quiet);
    document.addEventListener('visibilitychange', hearing);
    setInterval(hearing, often);
  }
  return { listen };
}
