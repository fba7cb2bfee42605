// Starts the islands of the page: loads the script and the wasm that this address names, then hydrates.
// A static file, so that the content security policy needs no inline script.
const names = new URL(import.meta.url).searchParams;
const islands = await import(names.get("script"));
await islands.default({ module_or_path: names.get("wasm") });
islands.hydrate();
for (const island of document.querySelectorAll("leptos-island")) {
  await islands[island.dataset.component]?.(island);
}
document.documentElement.dataset.islands = "live";
