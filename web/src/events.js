// One stream of events for all open pages of the viewer: browsers allow a server but six connections. What comes close together is told once.
const pages = [], stream = new EventSource('../events');
let waiting = 0;
for (const kind of ['org.isobar.step.published', 'org.isobar.run.complete']) {
  stream.addEventListener(kind, () => { waiting ||= setTimeout(() => { waiting = 0; for (const p of pages) p.postMessage(kind); }, 2000); });
}
self.onconnect = e => pages.push(e.ports[0]);
