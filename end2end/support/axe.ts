// Accessibility as far as a machine can judge it, and the width of a phone.
import AxeBuilder from "@axe-core/playwright";
import { type Page, expect } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** What axe has to say against the page, one line a place. */
async function violations(page: Page): Promise<string[]> {
  // Legacy mode stays in the page; no page here has frames.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} — ${node.target.join(" ")} — ${node.failureSummary?.split("\n").at(-1)?.trim()}`),
  );
}

/**
 * The same HTML in a context that may run scripts, because axe is one. The page's own scripts stay away, so that what
 * is judged is what somebody without scripts sees.
 */
async function copied(page: Page): Promise<Page> {
  const html = await page.content();
  const browser = page.context().browser();
  if (browser === null) throw new Error("a page without a browser");
  const context = await browser.newContext({ javaScriptEnabled: true });
  const copy = await context.newPage();
  await copy.route("**", (route) => {
    const request = route.request();
    if (request.isNavigationRequest()) return route.fulfill({ contentType: "text/html; charset=utf-8", body: html });
    return request.resourceType() === "script" ? route.abort() : route.continue();
  });
  await copy.goto(page.url());
  return copy;
}

/** Nothing sticks out at the right: the page scrolls up and down only. */
export async function fitsItsWidth(page: Page): Promise<void> {
  const sticksOut = await page.evaluate(() => {
    if (document.scrollingElement === null || document.scrollingElement.scrollWidth <= innerWidth) return [];
    return [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
      .map((element) => `${element.tagName.toLowerCase()}.${element.className} “${element.textContent?.trim().slice(0, 30)}”`);
  });
  expect.soft(sticksOut, `sticks out at ${page.viewportSize()?.width} px on ${page.url()}`).toEqual([]);
}

/** No violation of WCAG 2.2 AA that axe can find, and nothing that sticks out, at the width of a desk and of a phone. */
export async function suitsEverybody(page: Page, scripts: boolean): Promise<void> {
  const subject = scripts ? page : await copied(page);
  const size = page.viewportSize();
  for (const width of [1280, 390]) {
    await subject.setViewportSize({ width, height: 900 });
    await fitsItsWidth(subject);
    expect.soft(await violations(subject), `axe at ${width} px on ${page.url()}`).toEqual([]);
  }
  if (scripts && size !== null) await page.setViewportSize(size);
  if (!scripts) await subject.context().close();
}
