// Alerts and probe streams: how they stand, as it changes; made and ended by who may.
import { alongTime } from './chart.js';
import { levelTitle } from './choices.js';
import { hear } from './hear.js';
import { session } from './session.js';
import { active, look } from './state.js';
import { label } from './timebar.js';
import { converter, digits } from './units.js';
import { language, t } from './words.js';

const el = (tag, properties = {}, ...children) => {
  const e = Object.assign(document.createElement(tag), properties);
  e.append(...children);
  return e;
};
const short = layer => layer.name.slice(layer.name.indexOf('.') + 1);
const dayLabel = ms => new Date(ms).toLocaleDateString(language(), { weekday: 'short', day: 'numeric', timeZone: look.zone === 'local' ? undefined : 'UTC' });
const field = (words, control) => el('label', {}, el('span', { textContent: words }), control);
const select = (options, value) => { const s = el('select'); s.append(...options.map(([v, title]) => new Option(title, v, false, v === value))); return s; };

async function ask(path, options = {}) {
  const answer = await fetch(path, { cache: 'no-store', credentials: 'same-origin', ...options, headers: { Accept: 'application/json', ...options.headers } });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}
const send = (path, body) => ask(path, { method: 'POST', headers: { 'Content-Type': 'application/json', ...session.headers() }, body: JSON.stringify(body) });
const end = path => ask(path, { method: 'DELETE', headers: session.headers() });

/** makeWatch: ask(kind) resolves to what is drawn on the map, box() is what it shows; show(id) shows the places of a stream; changed() keeps what is
 *  open in the address. */
export function makeWatch({ panel, all, places, ask: drawn, box, mark, found, bar, show, changed }) {
  let tab = 'alerts', deaf = null, body = null, turn = 0;

  async function open(to = look.watch || tab) {
    tab = look.watch = to;
    panel.take();
    changed();
    body = el('div');
    deaf ??= hear(heard);
    panel.open(t('watching'), [['alerts', t('alerts')], ['streams', t('streams')]], [body], { now: tab, choose: open, away: leave });
    document.getElementById('point').focus();
    await session.ready;
    body.replaceChildren(who(), el('div', { className: 'cards', ariaLive: 'polite' }), ...(session.canWrite ? [tab === 'alerts' ? newAlert() : newStream()] : []));
    await list();
  }

  let soon = 0;
  /** heard shows what an event changes; of many that come together, once. */
  function heard(e) {
    if (!e.kind.includes(tab === 'alerts' ? '.alert.' : '.stream.')) return;
    clearTimeout(soon);
    soon = setTimeout(() => (tab === 'alerts' ? list() : body.querySelectorAll('.card').forEach(c => c.isOf === e.source && c.grown(e))), 300);
  }

  function leave() {
    look.watch = '';
    changed();
    deaf?.();
    deaf = null;
    turn++;
  }

  /** who tells who may make and end them, and who this is. */
  function who() {
    if (session.user) return el('p', { className: 'soft' }, `${t('signedIn', { name: session.user.name })} `, el('button', { textContent: t('signOut'), onclick: async () => { await session.signOut(); open(); } }));
    if (session.canSignIn) return el('p', { className: 'soft' }, `${t('signInTo')} `, el('button', { textContent: t('signIn'), onclick: () => session.signIn() }));
    return el('p', { className: 'soft', textContent: session.canWrite ? '' : t('tokenOnly') });
  }

  /** list shows those that there are, as they stand now. */
  async function list() {
    const mine = ++turn, cards = body.querySelector('.cards');
    try {
      const made = tab === 'alerts' ? await alerts() : await streams();
      if (mine !== turn) return;
      const open = new Set([...cards.querySelectorAll('details[open]')].map(d => d.dataset.id)), focused = cards.contains(document.activeElement) && document.activeElement.ariaLabel;
      for (const d of made.flatMap(c => [...c.querySelectorAll('details')])) d.open = open.has(d.dataset.id);
      cards.replaceChildren(...made.length ? made : [el('p', { textContent: t(tab === 'alerts' ? 'noAlerts' : 'noStreams') })]);
      if (focused) [...cards.querySelectorAll('[aria-label]')].find(e => e.ariaLabel === focused)?.focus();
    } catch (err) {
      if (mine === turn) cards.replaceChildren(el('p', { className: 'bad', textContent: err.message }));
    }
  }

  /** ender is a button that must be pressed twice. */
  function ender(path, name) {
    const b = el('button', { textContent: t('end'), ariaLabel: `${t('end')}: ${name}` });
    b.onclick = async () => {
      if (!b.dataset.sure) { b.dataset.sure = 1; b.textContent = t('endSure'); b.ariaLabel = `${t('endSure')}: ${name}`; return; }
      try { await end(path); } catch (err) { b.after(el('span', { className: 'bad', role: 'alert', textContent: ` ${err.message}` })); return; }
      list();
    };
    b.onblur = () => { delete b.dataset.sure; b.textContent = t('end'); b.ariaLabel = `${t('end')}: ${name}`; };
    return b;
  }

  // ---- alerts

  /** bound is what a simple condition bounds: its layer and unit, and the condition as people write it. */
  function bound(a) {
    const m = /^\s*([\w.]+)\s*(<=|>=|<|>)\s*(-?[\d.e+-]+)\s*$/.exec(a.expression), layer = m && all().find(l => l.name === `${a.model}.${m[1]}` || l.name === m[1]);
    if (!layer) return { words: a.expression, value: v => digits(v) };
    const u = converter(layer.unit, layer.shown), value = v => `${digits(u.of(v))} ${u.label}`;
    return { words: `${layer.title} ${m[2]} ${value(Number(m[3]))}`, value };
  }

  const sighting = (s, b) => (s ? `${label(s.time)}${s.place ? `, ${s.place}` : ''}${s.value === null || s.value === undefined ? '' : `, ${b.value(s.value)}`}` : '');

  async function alerts() {
    const { alerts } = await ask('alerts?f=json');
    return alerts.map(a => {
      const b = bound(a), s = a.state, state = s.trouble ? 'trouble' : s.active ? 'isActive' : 'isQuiet', history = [...s.history ?? []].reverse();
      const past = el('details', {}, el('summary', { textContent: `${t('history')} (${history.length})`, ariaLabel: `${t('history')} (${history.length}): ${a.title || a.id}` }), el('ol', {}, ...history.map(h => el('li', { textContent: `${label(h.time)}: ${t(h.active ? 'fired' : 'cleared')}${h.active && h.first ? ` (${sighting(h.first, b)})` : ''}` }))));
      past.dataset.id = a.id;
      const facts = [
        [t('conditionName'), b.words], [t('model'), all().find(l => l.model === a.model)?.modelTitle ?? a.model], [t('ahead'), `${a.start || 0}–${a.end} h${a.for ? `, ${t('lasting', { n: a.for })}` : ''}`],
        ...(s.active ? [[t('firstTrue'), sighting(s.first, b)], [t('worst'), sighting(s.extreme, b)]] : []), ...(s.checked ? [[t('checked'), label(s.checked)]] : []), ...(s.trouble ? [[t('trouble'), s.trouble]] : []),
      ];
      return el('article', { className: 'card' }, el('h3', {}, el('span', { textContent: a.title || a.id }), el('span', { className: `chip ${state}`, textContent: t(state) })),
        el('dl', {}, ...facts.flatMap(([k, v]) => [el('dt', { textContent: k }), el('dd', { textContent: v })])),
        ...(history.length ? [past] : []),
        el('div', { className: 'row' }, el('button', { textContent: t('onMap'), ariaLabel: `${t('onMap')}: ${a.title || a.id}`, onclick: () => where(a) }), ...(session.canWrite ? [ender(`alerts/${a.id}`, a.title || a.id)] : [])));
    });
  }

  /** where shows an alert's area or places, and the time at which it is first true. */
  async function where(a) {
    const whole = await ask(`alerts/${a.id}`), first = a.state.active && a.state.first;
    const places = (whole.features?.features ?? []).map(f => f.geometry);
    mark([...(whole.area ? [whole.area] : places), ...(first ? [{ type: 'Point', coordinates: first.at }] : [])]);
    if (first) { bar.play(false); await bar.go(bar.nearest(first.time)); }
  }

  const inSight = () => { const [w, s, e, n] = box().map(v => Number(v.toFixed(2))); return { type: 'Polygon', coordinates: [[[w, s], [e, s], [e, n], [w, n], [w, s]]] }; };

  function newAlert() {
    const e = active(), own = all().filter(l => l.model === e.layer.model);
    const title = el('input', { type: 'text', maxLength: 120 }), element = select(own.map(l => [l.name, l.title]), e.layer.name), than = select(['>', '>=', '<', '<='].map(o => [o, o]), '>');
    const number = el('input', { type: 'number', step: 'any', required: true, ariaLabel: t('threshold') }), unit = el('span');
    const ahead = el('input', { type: 'number', min: 1, max: 744, value: 48, required: true }), lasting = el('input', { type: 'number', min: 0, max: 744, step: 'any', value: 0 });
    const where = select([['sight', t('inSight')], ['draw', t('drawArea')], ...places().map(p => [p.id, p.title])], 'sight'), said = el('p', { role: 'alert', className: 'bad' });
    than.ariaLabel = t('comparison');
    const layer = () => own.find(l => l.name === element.value), u = () => converter(layer().unit, layer().shown);
    const level = el('span', { className: 'soft' });
    const tell = () => { unit.textContent = u().label; level.textContent = leveled() ? levelTitle(e.level, layer().elevation.unit) : ''; };
    const leveled = () => layer() === e.layer && (layer().elevation?.values.length ?? 0) > 1;
    element.onchange = tell;
    tell();
    let area = null;
    where.onchange = async () => {
      area = null;
      if (where.value !== 'draw') return;
      const ring = await drawn('Polygon');
      if (ring) { area = { type: 'Polygon', coordinates: ring }; mark([area]); } else where.value = 'sight';
    };
    const make = async () => {
      said.textContent = '';
      const bound = Number(u().back(Number(number.value)).toPrecision(8)), name = short(layer());
      const region = where.value === 'sight' ? { area: inSight() } : where.value === 'draw' ? { area } : { features: where.value };
      try {
        await send('alerts', {
          title: title.value.trim() || `${layer().title} ${than.value} ${number.value} ${u().label}`, model: layer().model, expression: `${name} ${than.value} ${bound}`, end: Number(ahead.value), for: Number(lasting.value), ...region,
          ...(leveled() && { levels: { [name]: Number(e.level) } }),
        });
        mark([]);
        await open();
      } catch (err) { said.textContent = err.message; }
    };
    return el('form', { className: 'make', onsubmit: ev => { ev.preventDefault(); make(); } }, el('h3', { textContent: t('newAlert') }),
      field(t('conditionName'), el('span', { className: 'row' }, element, than, number, unit, level)), field(t('where'), where),
      field(t('hoursAhead'), ahead), field(t('hoursLong'), lasting), field(t('name'), title), said, el('button', { textContent: t('make') }));
  }

  // ---- streams

  async function streams() {
    const { streams } = await ask('streams?f=json');
    return streams.map(s => {
      const titles = s.layers.map(n => all().find(l => l.name === n)?.title ?? n), out = el('div'), grown = el('p', { className: 'soft' });
      return el('article', { className: 'card', isOf: `/collections/${s.id}`, grown: e => { grown.textContent = t('grown', { step: label(e.subject), time: label(e.time) }); out.firstChild?.onchange(); } }, el('h3', {}, el('span', { textContent: s.title || s.id })),
        el('dl', {}, el('dt', { textContent: t('elements') }), el('dd', { textContent: titles.join(', ') }), el('dt', { textContent: t('places') }), el('dd', { textContent: String(s.numberOfFeatures ?? 0) }), el('dt', { textContent: t('kept') }), el('dd', { textContent: t('keptHours', { n: s.keep }) })), grown,
        el('div', { className: 'row' }, el('button', { textContent: t('onMap'), ariaLabel: `${t('onMap')}: ${s.title || s.id}`, onclick: () => show(s.id) }), el('button', { textContent: t('series'), ariaLabel: `${t('series')}: ${s.title || s.id}`, onclick: () => series(s, out) }), ...(session.canWrite ? [ender(`streams/${s.id}`, s.title || s.id)] : [])), out);
    });
  }

  /** series shows what a stream has kept of a place. */
  async function series(s, into) {
    const { features } = (await ask(`streams/${s.id}`)).features, [w, south, east, n] = box(), charts = el('div');
    const seen = f => { const [x, y] = f.geometry?.coordinates ?? []; return x >= w && x <= east && y >= south && y <= n; }, name = f => f.properties?.name ?? String(f.id);
    const pick = select(features.sort((a, b) => seen(b) - seen(a) || name(a).localeCompare(name(b))).map(f => [String(f.id), name(f)])); // those in sight first
    const draw = async () => {
      const { features: [f] } = await ask(`streams/${s.id}/series?ids=${encodeURIComponent(pick.value)}`);
      if (!f) { charts.replaceChildren(el('p', { textContent: t('nothingKept') })); return; }
      charts.replaceChildren(...Object.entries(f.properties.forecastTime).flatMap(([name, times]) => {
        const layer = all().find(l => s.layers.includes(l.name) && (short(l) === name || name.startsWith(`${short(l)}-`))), given = s.units?.[layer ? short(layer) : name];
        const u = given ? converter(given, '') : converter(layer?.unit, layer?.shown), values = f.properties[name].map(v => (v === null ? NaN : u.of(v)));
        if (!values.some(Number.isFinite)) return [el('p', { textContent: t('noValues') })];
        return [el('h4', { textContent: `${layer?.title ?? name} (${u.label})` }), alongTime({ times: times.map(Date.parse), values, label: layer?.title ?? name, cursor: Date.parse(look.time), dayLabel, onpick: ms => { bar.play(false); bar.go(bar.nearest(ms)); } })];
      }));
      found([f]);
    };
    pick.ariaLabel = t('places');
    pick.onchange = () => draw().catch(err => charts.replaceChildren(el('p', { className: 'bad', textContent: err.message })));
    into.replaceChildren(pick, charts);
    await pick.onchange();
  }

  function newStream() {
    const e = active(), own = all().filter(l => l.model === e.layer.model && (l === e.layer || !l.elevation || l.elevation.values.length === 1)), said = el('p', { role: 'alert', className: 'bad' });
    const title = el('input', { type: 'text', maxLength: 120, required: true }), keep = el('input', { type: 'number', min: 1, max: 8760, value: 48, required: true });
    const where = select([...(places().map(p => [p.id, p.title])), ['centre', t('mapCentre')]], places()[0]?.id ?? 'centre');
    const boxes = own.map(l => el('input', { type: 'checkbox', value: l.name, checked: l === e.layer }));
    const make = async () => {
      said.textContent = '';
      const [w, s, east, n] = box(), at = look.centre ?? [(w + east) / 2, (s + n) / 2];
      try {
        await send('streams', {
          title: title.value.trim(), layers: boxes.filter(b => b.checked).map(b => b.value), keep: Number(keep.value),
          features: where.value === 'centre' ? { type: 'FeatureCollection', features: [{ type: 'Feature', id: 'centre', geometry: { type: 'Point', coordinates: at.map(v => Number(v.toFixed(4))) }, properties: { name: title.value.trim() } }] } : where.value,
        });
        await open();
      } catch (err) { said.textContent = err.message; }
    };
    return el('form', { className: 'make', onsubmit: ev => { ev.preventDefault(); make(); } }, el('h3', { textContent: t('newStream') }),
      field(t('name'), title), field(t('places'), where), el('fieldset', { className: 'picks' }, el('legend', { textContent: t('elements') }), ...boxes.map((b, i) => el('label', {}, b, ` ${own[i].title}`))), field(t('hoursKept'), keep), said, el('button', { textContent: t('make') }));
  }
  return { open };
}
