// The session: who looks at the page, and what they may do. Signing in is the server's (auth/login): the page keeps no password and no
// token, only a cookie that it can't read, and a word that must go with whatever writes.

/** Session tells its listeners by `change` events. What the server says is asked for once when the page is loaded; `ready` waits for it. */
class Session extends EventTarget {
  #told = {};
  #key = '';
  ready = null;

  /** user is null for anybody, else {name, role, groups}. */
  get user() { return this.#told.user ?? null; }

  /** canWrite tells whether streams, alerts, features and jobs may be changed. */
  get canWrite() { return this.#told.can_write === true; }

  /** canSignIn tells whether there is a way to sign in here. */
  get canSignIn() { return this.#told.sign_in === true; }

  /** headers are those of requests that write: fetch(url, { method: 'POST', headers: { ...session.headers(), ... } }). */
  headers() { return this.#told.csrf ? { 'X-CSRF-Token': this.#told.csrf } : {}; }

  /** refresh asks the server who this is. Where it can't tell, this is anybody. */
  refresh() {
    this.ready = this.#ask();
    return this.ready;
  }

  async #ask() {
    let told = {};
    try {
      const answer = await fetch('auth/session', { cache: 'no-store', credentials: 'same-origin', headers: { Accept: 'application/json' } });
      if (answer.ok) told = await answer.json();
    } catch { /* without a network this is anybody */ }
    const key = JSON.stringify([told.user ?? null, told.can_write, told.sign_in]), changed = key !== this.#key;
    this.#told = told;
    this.#key = key;
    if (changed) this.dispatchEvent(new Event('change'));
    return this;
  }

  /** signIn leaves for the page that asks who this is, which comes back to where we are. */
  signIn() {
    location.assign(`auth/login?return_to=${encodeURIComponent(location.pathname + location.search + location.hash)}`);
  }

  /** signOut ends the session, here and, where the provider has a page for it, there too. */
  async signOut() {
    const answer = await fetch('auth/logout', { method: 'POST', credentials: 'same-origin', headers: this.headers() });
    const { location: next } = answer.ok ? await answer.json() : {};
    if (next) location.assign(next);
    else await this.refresh();
  }
}

export const session = new Session();
session.refresh();
