// Words: rows of strings.json, in the language that is wanted.
import rows from './strings.json';

let lang = 'en';
export const languages = ['en', 'fr'];
export const language = () => lang;

/** learn chooses a language: the one asked for, else the browser's. */
export const learn = wanted => speak(languages.includes(wanted) ? wanted : languages.find(l => navigator.language.startsWith(l)) ?? 'en');

/** speak changes the language, and all that the page says by data-words (its text) and data-words-<attribute>. */
export function speak(to) {
  lang = to;
  document.documentElement.lang = to;
  for (const e of document.querySelectorAll('[data-words]')) e.textContent = t(e.dataset.words);
  for (const attribute of ['title', 'placeholder', 'aria-label', 'alt']) {
    for (const e of document.querySelectorAll(`[data-words-${attribute}]`)) e.setAttribute(attribute, t(e.getAttribute(`data-words-${attribute}`)));
  }
}

/** t is a row in the language; {x} is replaced by a value. A row that is not there is its own key. */
export const t = (key, values = {}) => (rows[key]?.[lang] ?? rows[key]?.en ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name] ?? '');
