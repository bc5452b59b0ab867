// One connection to the server for all tabs of this browser (HTTP/1.1 allows six in all). Pages connect by port.
const ports = new Set(), recent = [];
let source = null, last = 0, state = "connecting", board = { people: [] };

function tell(message) { for (const port of ports) port.postMessage(message); }
function become(next) { state = next; tell({ state }); }

function open() {
  source = new EventSource(`/events?last=${last}`);
  source.onopen = () => { become("open"); show({ people: [] }); }; // who is here is told anew
  // A lost connection is retried by the browser; a refused one (signed out, server gone) is closed and retried here.
  source.onerror = () => {
    become("lost");
    if (source.readyState === EventSource.CLOSED) { source = null; if (ports.size) setTimeout(() => source || open(), 3000); }
  };
  for (const kind of ["draft", "delivery", "incident", "source", "trends", "alarm", "feedback", "switch", "reload"]) source.addEventListener(kind, hear);
  source.addEventListener("presence", (event) => show(JSON.parse(event.data)));
}

function show(people) { board = people; tell({ board }); }

function hear(event) {
  const note = { id: Number(event.lastEventId), kind: event.type, detail: JSON.parse(event.data) };
  last = Math.max(last, note.id);
  recent.push(note);
  if (recent.length > 500) recent.shift();
  tell({ note });
}

function serve(port) {
  ports.add(port);
  port.onmessage = ({ data }) => {
    if (data === "bye") { ports.delete(port); return; }
    for (const note of recent) if (note.id > data.last) port.postMessage({ note });
    port.postMessage({ state });
    port.postMessage({ board });
    last = Math.max(last, source ? last : data.last);
    if (!source) open();
  };
}

if ("onconnect" in self) self.onconnect = (event) => serve(event.ports[0]);
