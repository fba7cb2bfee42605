// Enter in a one-line field hands in, publishes and decides nothing, on whichever page, and loses nothing.
import { type Page } from "@playwright/test";
import { expect, test, visit } from "../support/fixture.ts";
import { DESKS, PUBLIC } from "../support/places.ts";

/** Forms that are for Enter: nothing follows from them. */
const HARMLESS = ["/sign-in"];

/** The forms of a page that write and have a line to type into, with every part of the page unfolded. */
async function forms(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    for (const part of document.querySelectorAll("main details")) part.setAttribute("open", "");
    const all = [...document.querySelectorAll<HTMLFormElement>("main form[method=post]")];
    return all.map((form) => form.getAttribute("action") ?? "");
  });
}

async function pressEnter(page: Page, action: string): Promise<void> {
  const lines = page.locator(`main form[action="${action}"]`).first().locator(
    "input:visible:enabled:not([type=checkbox]):not([type=radio]):not([type=file])",
  );
  if ((await lines.count()) === 0) return;
  const line = lines.first();
  const sent: string[] = [];
  page.on("request", (request) => {
    // The draft that saves itself is no pressing of buttons.
    if (request.method() === "POST" && !request.headers()["x-island"]) sent.push(request.url());
  });
  const before = await line.inputValue();
  const type = await line.getAttribute("type");
  if (type !== "date") await line.fill(`${before}1`);
  const typed = await line.inputValue();
  await line.press("Enter");
  await page.waitForTimeout(150);
  expect(sent, `Enter in ${action}`).toEqual([]);
  expect(await line.inputValue(), "what was typed is there").toBe(typed);
}

test("a visitor's Enter opens no account", async ({ page }) => {
  await visit(page, "/register");
  for (const action of await forms(page)) await pressEnter(page, action);
});

for (const [login, places] of Object.entries(DESKS)) {
  test(`Enter decides nothing on the pages of ${login}`, async ({ as }) => {
    test.setTimeout(180_000);
    const page = await as(login);
    for (const place of [...places, ...PUBLIC.filter((place) => place.route === "/requirements/{id}")]) {
      const address = await place.find(page);
      await visit(page, address);
      for (const action of (await forms(page)).filter((action) => !HARMLESS.includes(action))) {
        await visit(page, address);
        await forms(page);
        await pressEnter(page, action);
      }
    }
  });
}
