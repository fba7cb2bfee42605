// Old office browsers: what the kernels of domestic systems make of the stylesheet is still a readable, usable page.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Page } from "@playwright/test";
import { expect, signIn, test, visit } from "../support/fixture.ts";
import { as, KERNELS, type Kernel } from "../support/kernels.ts";
import { DESKS, type Place, PUBLIC } from "../support/places.ts";

const STYLE = fileURLToPath(new URL("../../target/style.css", import.meta.url));

/** What only refines: without it the page is the same, less fine. Whatever else is dropped needs a fallback. */
const REFINES = [
  "text-wrap",
  "overflow-wrap",
  "text-underline-offset",
  "text-decoration-thickness",
  "accent-color",
  "scrollbar-width",
  "text-size-adjust",
  ":focus:not(:focus-visible)",
];

const WIDTHS = { desk: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } };

const isOneOf = (routes: string[]) => (place: Place) => routes.includes(place.route);
const READ = PUBLIC.filter(
  isOneOf(["/", "/requirements", "/agencies", "/sign-in", "/register", "/requirements/{id}", "/awards/{id}/notice", "/policies"]),
);
const WRITE = (DESKS["demo.owner"] ?? []).filter(
  isOneOf(["/desk", "/desk/requirements", "/desk/trustees", "/requirements/{id}/edit", "/register/owner"]),
);

for (const kernel of KERNELS) {
  test(`${kernel.name} drops nothing of the stylesheet but refinements`, () => {
    const { dropped } = as(kernel, readFileSync(STYLE, "utf8"));
    const missed = dropped.filter((one) => !one.hasFallback && !REFINES.includes(one.what.split(":", 2)[0] || one.what));
    expect(missed).toEqual([]);
  });

  test(`a page in ${kernel.name} is laid out as in a new browser`, async ({ page, visitor, as: enter, scripts }) => {
    test.skip(scripts, "an old kernel goes the way without scripts");
    test.setTimeout(300_000);
    for (const [places, login] of [
      [READ, undefined],
      [WRITE, "demo.owner"],
    ] as const) {
      const today = login ? await enter(login) : page;
      const old = await visitor();
      await disguise(old, kernel);
      if (login) await signIn(old, login);
      for (const place of places) {
        const address = await place.find(today);
        for (const [width, size] of Object.entries(WIDTHS)) {
          await test.step(`${place.route} ${place.what ?? ""} ${width}`, async () => {
            await Promise.all([today.setViewportSize(size), old.setViewportSize(size)]);
            await visit(today, address);
            await open(old, address, kernel);
            await looksAlike(today, old);
            await isUsable(old, width === "phone");
          });
        }
      }
    }
  });
}

test("the check finds what an old kernel would drop", () => {
  const [chromium] = KERNELS;
  const drops = (style: string) => as(chromium!, style).dropped.map((one) => one.kind);
  expect(drops("@layer a { p { color: red } }")).toEqual(["rule"]);
  expect(drops("@media (width < 40rem) { p { color: red } }")).toEqual(["rule"]);
  expect(drops("p { inset: 0; width: min(1rem, 2rem); height: 100dvh; color: color-mix(in srgb, red, blue) }")).toHaveLength(4);
  expect(drops("p:has(a) { color: red } :is(p, a) { color: red } p:not(.a, .b) { color: red }")).toHaveLength(3);
  expect(drops("p { & a { color: red } }")).not.toEqual([]);
  expect(drops("p { margin-inline: 1rem; aspect-ratio: 1; align-items: center; color: rgb(1 2 3 / .5) }")).toHaveLength(2);
  expect(as(chromium!, "@supports not (inset: 0) { p { color: red } }").style).toBe("p{color:red}");
  expect(as(chromium!, "@supports selector(:has(a)) { p { color: red } }").style).toBe("");
});

/** Gives a browser the stylesheet as the kernel has it. */
async function disguise(page: Page, kernel: Kernel): Promise<void> {
  await page.context().route("**/pkg/*.css", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: as(kernel, await answer.text()).style });
  });
}

/** Opens a page. That flexible boxes have a gap cannot be told from the stylesheet, so it is taken from the boxes. */
async function open(page: Page, address: string, kernel: Kernel): Promise<void> {
  await page.goto(address);
  if (kernel.browser !== "chrome") return;
  await page.evaluate(() => {
    for (const element of document.querySelectorAll<HTMLElement>("body *")) {
      if (getComputedStyle(element).display.includes("flex")) element.style.setProperty("gap", "0", "important");
    }
  });
}

interface Box {
  name: string;
  x: number;
  width: number;
  height: number;
}

/** The boxes that make a page: its parts, its cards, its fields and cells. */
async function boxes(page: Page): Promise<Box[]> {
  return page.evaluate(() => {
    const parts = "header, nav, main, footer, main > *, main .card, main th, main td, main input, main select, main .btn";
    const shown = [...document.querySelectorAll(parts)].filter((element) => !element.closest("details:not([open])"));
    return shown.map((element) => {
      const { x, width, height } = element.getBoundingClientRect();
      return { name: `${element.tagName} ${element.className} ${element.textContent?.slice(0, 20)}`, x, width, height };
    });
  });
}

async function looksAlike(today: Page, old: Page): Promise<void> {
  const [before, after] = await Promise.all([boxes(today), boxes(old)]);
  const different = before.filter((box, at) => {
    const other = after[at];
    const near = (one: number, two: number, least: number) => Math.abs(one - two) <= Math.max(least, one * 0.1);
    return !other || !near(box.x, other.x, 48) || !near(box.width, other.width, 48) || !near(box.height, other.height, 64);
  });
  expect(different.map((box) => [box, after[before.indexOf(box)]])).toEqual([]);
}

async function isUsable(page: Page, isPhone: boolean): Promise<void> {
  const found = await page.evaluate((isPhone) => {
    const problems: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth + 1) problems.push(`${root.scrollWidth - root.clientWidth} px too wide`);
    const nav = document.querySelector("nav.nav")!;
    const link = nav.querySelector("a")!;
    if (getComputedStyle(nav).backgroundColor === getComputedStyle(link).color) problems.push("the navigation cannot be read");
    for (const cell of document.querySelectorAll("main table.as-cards tbody td")) {
      const shown = getComputedStyle(cell).display;
      if (isPhone ? !["block", "flex"].includes(shown) : shown !== "table-cell") problems.push(`a cell is ${shown}`);
    }
    // Neighbours in a line keep apart.
    for (const line of document.querySelectorAll(".row, .nav .wrap, .tabs, .tools, .find, .check, .with-unit")) {
      const all = [...line.children].map((child) => child.getBoundingClientRect()).filter((box) => box.width > 1);
      all.forEach((box, at) => {
        const next = all[at + 1];
        const isBeside = next && next.top < box.bottom && next.left >= box.left;
        if (isBeside && next.left - box.right < 3) problems.push(`crowded: ${line.className} ${line.textContent?.slice(0, 40)}`);
      });
    }
    return problems;
  }, isPhone);
  expect(found).toEqual([]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement!).outlineWidth);
  expect(Number.parseFloat(outline), "the focus is seen").toBeGreaterThanOrEqual(2);
}
