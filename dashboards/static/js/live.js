// Live events for a page: through the shared worker, or a connection of its own where there is none.
const meta = (name) => document.querySelector(`meta[name="${name}"]`)?.content ?? "";
const KINDS = ["draft", "delivery", "incident", "source", "trends", "alarm", "feedback", "switch", "reload"];

export let people = []; // who has which reply open: {draft, name, editing, since}

function here(board) {
  people = board.people;
  document.dispatchEvent(new CustomEvent("amends:presence"));
}

// listen({ note({id, kind, detail}), state("open" | "connecting" | "lost") })
export function listen({ note, state }) {
  const last = Number(meta("last-event"));
  if (!("SharedWorker" in window)) { own(last, note, state); return; }
  const { port } = new SharedWorker(meta("live-worker"), { name: "amends-live" });
  port.onmessage = ({ data }) => { if (data.note) note(data.note); else if (data.board) here(data.board); else state(data.state); };
  port.postMessage({ last });
  addEventListener("pagehide", () => port.postMessage("bye"));
  // Back from the browser's page cache the port is deaf and the page is old.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function own(last, note, state) {
  const source = new EventSource(`/events?last=${last}`);
  source.onopen = () => { state("open"); here({ people: [] }); };
  source.onerror = () => { state("lost"); if (source.readyState === EventSource.CLOSED) setTimeout(() => own(last, note, state), 3000); };
  source.addEventListener("presence", (event) => here(JSON.parse(event.data)));
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      last = Number(event.lastEventId);
      note({ id: last, kind, detail: JSON.parse(event.data) });
    });
  }
}
