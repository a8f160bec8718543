// One stream of events for all open pages of the viewer: browsers allow a server but six connections.
import { follow } from './follow.js';

const pages = [];
follow('../events', e => { for (const p of pages) p.postMessage(e); });
self.onconnect = e => pages.push(e.ports[0]);
