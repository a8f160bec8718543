// Who on this page listens to the server's events: one connection for all of them, shared with other pages where browsers can.
import { follow } from './follow.js';

const listeners = new Set();
let opened = false;

/** hear calls the listener with each event until what it returns is called. root: where the viewer's files are. */
export function hear(listener, root = 'viewer/') {
  listeners.add(listener);
  if (!opened) {
    opened = true;
    const tell = e => { for (const l of listeners) l(e); };
    if (window.SharedWorker) new SharedWorker(`${root}events.js`, { type: 'module' }).port.onmessage = m => tell(m.data);
    else follow(root === '' ? '../events' : 'events', tell);
  }
  return () => listeners.delete(listener);
}
