// The server's events, as they happen. Steps and runs come many at a time: what comes close together is told once.
const data = ['org.isobar.step.published', 'org.isobar.run.complete', 'org.isobar.run.failed'];
const watches = ['org.isobar.alert.fired', 'org.isobar.alert.cleared', 'org.isobar.stream.updated'];
const close = 2000; // ms

/** follow calls tell({kind}) for news of data, and tell({kind, source, subject, time}) for those of alerts and streams. */
export function follow(address, tell) {
  const stream = new EventSource(address);
  let waiting = 0;
  for (const kind of data) stream.addEventListener(kind, () => { waiting ||= setTimeout(() => { waiting = 0; tell({ kind: 'data' }); }, close); });
  for (const kind of watches) stream.addEventListener(kind, e => { const { source, subject, time } = JSON.parse(e.data); tell({ kind, source, subject, time }); });
}
