// Accessibility as far as a machine can judge it, and the width of a phone.
import AxeBuilder from "@axe-core/playwright";
import { type Browser, type Page, expect } from "@playwright/test";

const RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"];

/** What axe has to say against the page, one line a place. */
async function violations(page: Page): Promise<string[]> {
  // Legacy mode stays in the page; no page here has frames.
  const { violations } = await new AxeBuilder({ page }).withTags(RULES).setLegacyMode(true).analyze();
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help} — ${node.target.join(" ")} — ${node.failureSummary?.split("\n").at(-1)?.trim()}`),
  );
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

/** Every id is there once; otherwise a label or a description may belong to something else. */
async function hasIdsOnce(page: Page): Promise<void> {
  const twice = await page.evaluate(() => {
    const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
    return [...new Set(ids.filter((id, i) => ids.indexOf(id) !== i))];
  });
  expect.soft(twice, `ids that are used twice on ${page.url()}`).toEqual([]);
}

/** Opens what is folded, or folds it again: axe does not judge what cannot be seen. */
const fold = (page: Page, closed: boolean): Promise<void> =>
  page.evaluate((closed) => {
    const details = document.querySelectorAll<HTMLDetailsElement>(
      closed ? "main details[data-unfolded]" : "main details:not([open])",
    );
    for (const one of details) {
      one.toggleAttribute("data-unfolded", !closed);
      one.open = !closed;
    }
  }, closed);

/**
 * The same HTML in a page that may run scripts, because axe is one. The market's own scripts stay away, so that what
 * is judged is what somebody without scripts sees.
 */
class Copy {
  private page?: Page;
  private html = "";

  constructor(private readonly browser: Browser) {}

  async of(original: Page): Promise<Page> {
    this.html = await original.content();
    this.page ??= await this.open();
    await this.page.goto(original.url());
    return this.page;
  }

  private async open(): Promise<Page> {
    const context = await this.browser.newContext({ javaScriptEnabled: true });
    const page = await context.newPage();
    await page.route("**", (route) => {
      const request = route.request();
      if (request.isNavigationRequest()) {
        return route.fulfill({ contentType: "text/html; charset=utf-8", body: this.html });
      }
      return request.resourceType() === "script" ? route.abort() : route.continue();
    });
    return page;
  }
}

/** Judges pages: no violation of WCAG 2.2 AA that axe can find, no id twice, nothing that sticks out. */
export class Judge {
  private readonly copy?: Copy;

  constructor(browser: Browser, scripts: boolean) {
    if (!scripts) this.copy = new Copy(browser);
  }

  /** Judges a page at the width of a desk and of a phone, with everything unfolded. */
  async suits(page: Page): Promise<void> {
    const subject = (await this.copy?.of(page)) ?? page;
    const size = page.viewportSize();
    await hasIdsOnce(subject);
    await fold(subject, false);
    for (const width of [1280, 390]) {
      await subject.setViewportSize({ width, height: 900 });
      await fitsItsWidth(subject);
      expect.soft(await violations(subject), `axe at ${width} px on ${page.url()}`).toEqual([]);
    }
    await fold(subject, true);
    if (size !== null) await subject.setViewportSize(size);
  }
}
