// Takes pictures of the main pages of a running demo, for people to look at. Run by `npm run pictures`.
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Page, test } from "@playwright/test";
import { signIn, visit } from "./support/fixture.ts";
import { DESKS, PUBLIC, type Place } from "./support/places.ts";

const folder = resolve(process.env.PICTURES_INTO ?? "");
if (!process.env.PICTURES_OF || !process.env.PICTURES_INTO) {
  throw new Error("npm run pictures -- <address of a demo> <folder>");
}
mkdirSync(folder, { recursive: true });

/** What is photographed: the picture's name, the place, and who looks at it. */
const PICTURES: [name: string, route: string, what?: string, login?: string][] = [
  ["home", "/"],
  ["requirements", "/requirements"],
  ["requirement-open", "/requirements/{id}", "open, by price"],
  ["requirement-drawn", "/requirements/{id}", "drawn"],
  ["requirement-as-agency", "/requirements/{id}", "as an agency", "demo.agency"],
  ["draw", "/draws/{id}"],
  ["agencies", "/agencies"],
  ["agency", "/agencies/{uscc}"],
  ["award-notice", "/awards/{id}/notice"],
  ["sign-in", "/sign-in"],
  ["desk-owner", "/desk", undefined, "demo.owner"],
  ["desk-agency", "/desk", undefined, "demo.agency"],
  ["desk-operator", "/desk", undefined, "demo.auditor"],
  ["desk-vettings", "/desk/vettings", undefined, "demo.clerk"],
  ["vetting", "/desk/vettings/{id}", "to opine", "demo.clerk"],
  ["requirement-editing", "/requirements/{id}/edit", undefined, "demo.owner"],
  ["policies", "/policies"],
  ["credit", "/credit"],
  ["ledger", "/ledger"],
  ["item", "/items/{code}"],
  ["search", "/search", "hits"],
];

function placeOf(route: string, what: string | undefined, login: string | undefined): Place {
  const places = login === undefined ? PUBLIC : (DESKS[login] ?? []);
  const found = places.find((place) => place.route === route && place.what === what);
  if (found === undefined) throw new Error(`no place ${route} ${what ?? ""}`);
  return found;
}

async function photograph(page: Page, name: string, width: number): Promise<void> {
  await page.setViewportSize({ width, height: 900 });
  await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true });
}

for (const [name, route, what, login] of PICTURES) {
  test(name, async ({ page }) => {
    if (login !== undefined) await signIn(page, login);
    await visit(page, await placeOf(route, what, login).find(page));
    await photograph(page, name, 1280);
    await photograph(page, name, 390);
  });
}
