// The time bar: a slider over the real steps, at their true distances; playing; keys.
import { nearest, timeline } from './pictures.js';
import { look } from './state.js';
import { language, t } from './words.js';

const $ = id => document.getElementById(id);
const ahead = 3; // steps that are read before they are played
const zone = () => (look.zone === 'local' ? undefined : 'UTC');

/** label writes a time in the zone that is chosen. */
export function label(time) {
  if (!time) return t('noTime');
  const text = new Date(time).toLocaleString(language() === 'fr' ? 'fr-FR' : 'en-GB', { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', timeZone: zone() });
  return `${text} ${look.zone === 'local' ? t('localTime') : 'UTC'}`;
}

/** makeTimebar: show(time) puts a time's pictures on the map and resolves when they are there; preload(times) begins to. */
export function makeTimebar({ show, preload }) {
  let times = [], playing = 0;
  const minutes = time => (Date.parse(time) - Date.parse(times[0])) / 60000;
  const at = () => Math.max(times.indexOf(look.time), 0);

  /** go shows a time; the label names what is on screen, and says so only when it is. */
  async function go(time) {
    look.time = time;
    $('slider').value = times.length ? minutes(time) : 0;
    $('slider').setAttribute('aria-valuetext', label(time));
    $('instant').ariaBusy = 'true';
    await show(time, () => Object.assign($('instant'), { textContent: label(time), dateTime: time, ariaBusy: 'false' }));
  }

  const step = by => (times.length ? go(times[(at() + by + times.length) % times.length]) : undefined);

  function play(on) {
    clearTimeout(playing);
    playing = 0;
    $('play').textContent = on ? '❚❚' : '▶';
    for (const a of ['aria-label', 'title']) $('play').setAttribute(a, t(on ? 'pause' : 'play'));
    if (!on) return;
    const next = async () => {
      const began = performance.now();
      await step(1);
      if (!playing) return;
      preload(Array.from({ length: Math.min(ahead, times.length - 1) }, (_, i) => times[(at() + 1 + i) % times.length]));
      playing = setTimeout(next, Math.max(0, 1000 / look.pace - (performance.now() - began)));
    };
    playing = setTimeout(next, 0);
  }

  /** read takes the steps of the shown layers, and keeps the time if there is one near. */
  function read() {
    times = timeline();
    look.time = times.length ? nearest(times, look.time) : '';
    const few = times.length < 2;
    for (const id of ['slider', 'play', 'back', 'forth']) $(id).disabled = few;
    $('slider').max = few ? 0 : minutes(times.at(-1));
    $('slider').value = few ? 0 : minutes(look.time);
    $('toNow').disabled = few || Date.now() < Date.parse(times[0]) || Date.now() > Date.parse(times.at(-1));
    marks();
    return look.time;
  }

  /** marks draws a line for each step, so that gaps are seen, and names the days. */
  function marks() {
    const span = times.length > 1 ? minutes(times.at(-1)) : 1;
    $('marks').setAttribute('viewBox', '-2 0 1004 6');
    $('marks').innerHTML = times.map(time => `<path d="M${(minutes(time) / span * 1000).toFixed(1)} 0v6"/>`).join('');
    const days = [], last = times.at(-1), every = Math.max(1, Math.ceil(span / 1440 / 8));
    for (let d = new Date(times[0] ?? 0), n = 0; last && n < 400; d.setUTCDate(d.getUTCDate() + 1), n++) {
      d.setUTCHours(0, 0, 0, 0);
      if (d >= new Date(times[0]) && d <= new Date(last) && n % every === 0) {
        const e = document.createElement('span');
        e.textContent = d.toLocaleDateString(language(), { weekday: 'short', day: 'numeric', timeZone: 'UTC' });
        e.style.left = `${minutes(d.toISOString()) / span * 100}%`;
        days.push(e);
      }
    }
    $('days').replaceChildren(...days);
  }

  const stop = act => () => { play(false); act(); };
  $('slider').oninput = stop(() => go(nearest(times, Date.parse(times[0]) + Number($('slider').value) * 60000)));
  $('play').onclick = () => play(!playing);
  $('back').onclick = stop(() => step(-1));
  $('forth').onclick = stop(() => step(1));
  $('toNow').onclick = stop(() => go(nearest(times, Date.now())));
  $('zone').onclick = () => {
    look.zone = look.zone === 'utc' ? 'local' : 'utc';
    speak();
    go(look.time);
  };
  const keys = { ',': -1, '[': -1, '.': 1, ']': 1, ArrowLeft: -1, ArrowRight: 1 };
  document.addEventListener('keydown', e => {
    const onSlider = e.target === $('slider'), onMap = e.target.id === 'map' || e.target === document.body;
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest('dialog') || !(onSlider || onMap) || times.length < 2) return;
    if (e.key === ' ') play(!playing);
    else if (e.key in keys) stop(() => step(keys[e.key]))();
    else if (e.key === 'Home' || e.key === 'End') stop(() => go(times.at(e.key === 'Home' ? 0 : -1)))();
    else if (e.key === 'n' && !$('toNow').disabled) $('toNow').click();
    else return;
    e.preventDefault();
    e.stopPropagation(); // arrows would move the map as well
  }, true);

  /** speak writes what depends on language and zone. */
  function speak() {
    $('zone').textContent = look.zone === 'local' ? t('local') : 'UTC';
    $('zone').setAttribute('aria-label', `${t('zone')}: ${$('zone').textContent}`);
    marks();
  }
  return { read, go, play, speak, nearest: at => nearest(times, at), times: () => times, playing: () => playing !== 0 };
}
