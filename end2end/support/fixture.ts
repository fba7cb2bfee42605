// What every test starts from: a watched browser, and people who sign in with browsers of their own.
import { type Page, test as base, expect } from "@playwright/test";
import { Judge } from "./axe.ts";
import { Watch } from "./watch.ts";

/** The demo's password; it is on the sign-in page of every demo. */
export const PASSWORD = "demo-Hanjiang-2026";

interface Market {
  /** Whether this browser runs scripts. */
  scripts: boolean;
  /** Fails the test on errors that nobody sees, unless they were announced. */
  watch: Watch;
  /** A browser of its own for somebody who is not signed in. */
  visitor: () => Promise<Page>;
  /** A browser of its own for somebody who is signed in. */
  as: (login: string) => Promise<Page>;
  /** Checks the page at the width of a desk and of a phone. */
  suits: (page: Page) => Promise<void>;
}

export const test = base.extend<Market>({
  baseURL: async ({}, use) => {
    await use(process.env.MARKET_URL);
  },
  scripts: async ({ javaScriptEnabled }, use) => {
    await use(javaScriptEnabled);
  },
  watch: async ({ scripts }, use) => {
    const watch = new Watch(scripts);
    await use(watch);
    expect(watch.problems(), "what went wrong unseen").toEqual([]);
  },
  context: async ({ context, watch }, use) => {
    watch.over(context);
    await use(context);
  },
  visitor: async ({ browser, watch }, use) => {
    const open = async () => {
      const context = await browser.newContext();
      watch.over(context);
      return context.newPage();
    };
    await use(open);
  },
  as: async ({ visitor }, use) => {
    await use(async (login) => {
      const page = await visitor();
      await signIn(page, login);
      return page;
    });
  },
  suits: async ({ browser, scripts }, use) => {
    const judge = new Judge(browser, scripts);
    await use((page) => judge.suits(page));
  },
});

export { expect };

/** Signs in with the form that people use. */
export async function signIn(page: Page, login: string, password = PASSWORD): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel("登录名").fill(login);
  await page.getByLabel("密码").fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page).toHaveURL(/\/(desk|account|register)/);
}

/** Opens a page; with scripts, waits until its islands are live. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await live(page);
}

/** With scripts, waits until the islands of the page at hand are live. Pages without islands carry no script. */
export async function live(page: Page): Promise<void> {
  const waits = await page.evaluate(
    () => document.querySelector("assist-island, crypto-island") !== null && !matchMedia("(scripting: none)").matches,
  );
  if (waits) await expect(page.locator("html")).toHaveAttribute("data-islands", "live");
}

/** Reloads until something is there: for what the market does by the clock. */
export async function reloadUntil(page: Page, is: () => Promise<void>, within: number): Promise<void> {
  await expect(async () => {
    await page.reload();
    await is();
  }).toPass({ timeout: within, intervals: [500, 1_000] });
}
