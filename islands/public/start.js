// Starts the islands of the page: loads the modules that this address names, pairs of a script and its wasm, each of
// which makes its own islands live. A static file, so that the content security policy needs no inline script. Written
// for the oldest kernels that are served (Chromium 78, Firefox 78): nothing newer than ECMAScript 2019. What cannot be
// started is done without scripts, for which every page is complete; the page then says so.
const names = new URL(import.meta.url).searchParams;

async function start() {
  // What the sealing of a bid stands on.
  if (!("FormDataEvent" in window)) throw new Error("no formdata event");
  const wasm = names.getAll("wasm");
  await Promise.all(
    names.getAll("script").map(async (script, which) => {
      const islands = await import(script);
      await islands.default({ module_or_path: wasm[which] });
    }),
  );
}

function tell(state) {
  document.documentElement.dataset.islands = state;
}

start().then(
  () => tell("live"),
  () => {
    tell("absent");
    const note = document.getElementById("no-islands");
    if (note) note.hidden = false;
  },
);
