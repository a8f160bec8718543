// The status page: feeds and their last errors from /status, and how fresh each model is from the collections.
import { hear } from './hear.js';
import { language, learn, t } from './words.js';

const $ = id => document.getElementById(id);
const often = 15e3; // ms between looks
const el = (tag, text = '', ...children) => {
  const e = Object.assign(document.createElement(tag), { textContent: text });
  e.append(...children);
  return e;
};
const when = time => (time && Date.parse(time) > 0 ? `${new Date(time).toLocaleString(language() === 'fr' ? 'fr-FR' : 'en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' })} UTC` : '–');

function table(heads, rows) {
  const head = el('tr');
  head.append(...heads.map(h => Object.assign(el('th', h), { scope: 'col' })));
  const e = el('table', '', el('thead', '', head), el('tbody', '', ...rows));
  return e;
}

const row = (name, ...cells) => el('tr', '', Object.assign(el('th', name), { scope: 'row' }), ...cells.map(c => (c instanceof Node ? el('td', '', c) : el('td', c))));

function feed(f) {
  const progress = Object.assign(el('progress'), { max: f.items || 1, value: f.done || 0, ariaLabel: `${f.model}: ${f.done} / ${f.items}` });
  const error = el('span', f.error ? `${when(f.errorAt)}: ${f.error}` : t('none'));
  if (f.error) error.className = 'bad';
  return row(f.model, f.state, when(f.run), progress, when(f.published), when(f.complete), error);
}

async function look() {
  const json = async path => (await fetch(path, { headers: { Accept: 'application/json' } })).json();
  const [status, collections] = await Promise.all([json('../status'), json('../collections?f=json')]);
  const feeds = status.feeds ?? [];
  $('feeds').replaceChildren(feeds.length ? table([t('model'), t('state'), t('run'), t('progress'), t('published'), t('complete'), t('error')], feeds.map(feed)) : el('p', t('noFeeds')));
  const models = collections.collections.filter(c => c.itemType !== 'feature' && !c.id.includes('.'));
  $('models').replaceChildren(table([t('model'), t('newestRun'), t('from'), t('until')], models.map(c => {
    const runs = c.extent.custom?.find(x => x.id === 'reference_time')?.interval?.[0] ?? [], [from, until] = c.extent.temporal?.interval?.[0] ?? [];
    return row(c.title, when(runs[1]), when(from), when(until));
  })));
  $('asked').textContent = t('asked', { time: when(new Date().toISOString()) });
}

const dark = matchMedia('(prefers-color-scheme: dark)');
const paint = () => { document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light'; };
dark.onchange = paint;
paint();
learn(new URLSearchParams(location.hash.slice(1)).get('lang'));
document.title = `Isobar: ${t('status')}`;
const again = () => look().catch(err => { $('asked').textContent = err.message; });
await again();
setInterval(again, often);
hear(again, ''); // steps that are published
