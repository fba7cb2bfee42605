// Large print and plain keys.
import { type Locator, type Page } from "@playwright/test";
import { PASSWORD, expect, test, visit } from "../support/fixture.ts";
import { fitsItsWidth } from "../support/axe.ts";
import { begin } from "../support/work.ts";

/** Presses Tab until something has the focus. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expect(target).toBeInViewport();
      return;
    }
  }
  throw new Error(`60 times Tab did not reach ${target}`);
}

const size = (page: Page) => page.evaluate(() => Number.parseFloat(getComputedStyle(document.body).fontSize));

test("elder mode: larger everywhere, and back again", async ({ page, suits }) => {
  await visit(page, "/requirements");
  const before = await size(page);
  await page.getByRole("button", { name: "大字版" }).click();
  // One stays where one was.
  await expect(page).toHaveURL(/\/requirements$/);
  await expect(page.locator("html")).toHaveClass("elder");
  expect(await size(page)).toBeGreaterThan(before * 1.2);
  for (const path of ["/", "/requirements", "/agencies", "/sign-in", "/help", "/ledger", "/credit"]) {
    await visit(page, path);
    await expect(page.locator("html")).toHaveClass("elder");
    await suits(page);
  }
  await page.getByRole("button", { name: "标准版" }).click();
  await expect(page.locator("html")).not.toHaveClass("elder");
  expect(await size(page)).toBe(before);
});

test("elder mode at work: the owner's form fits a phone", async ({ as }) => {
  const owner = await as("demo.owner");
  await owner.getByRole("button", { name: "大字版" }).click();
  await owner.setViewportSize({ width: 390, height: 844 });
  for (const path of ["/desk", "/desk/requirements", "/desk/trustees", "/requirements/new", "/account"]) {
    await visit(owner, path);
    await fitsItsWidth(owner);
  }
});

test("the first key leads past the navigation", async ({ page }) => {
  await visit(page, "/items");
  await page.keyboard.press("Tab");
  const skip = page.getByRole("link", { name: "跳到正文" });
  await expect(skip).toBeFocused();
  await expect(skip).toBeInViewport();
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/#main$/);
  // The next key is in the text, not in the navigation.
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
});

test("what has the focus is never hidden behind what stays in place", async ({ as, scripts }) => {
  test.setTimeout(120_000);
  const owner = await as(scripts ? "owner04" : "owner11");
  await begin(owner, "日照分析");
  for (const size of [
    { width: 1280, height: 720 },
    { width: 390, height: 700 },
  ]) {
    await owner.setViewportSize(size);
    await owner.locator("h1").click();
    const hidden: string[] = [];
    for (let presses = 0; presses < 45; presses += 1) {
      await owner.keyboard.press("Tab");
      // Some of the control must be seen: at its top, its middle or its foot.
      const name = await owner.evaluate(() => {
        const focused = document.activeElement;
        if (focused === null || focused.closest("main") === null) return null;
        const { left, top, width, height } = focused.getBoundingClientRect();
        const isSeen = (share: number) => {
          const there = document.elementFromPoint(left + Math.min(width, innerWidth) / 2, top + height * share);
          return there !== null && (focused.contains(there) || there.contains(focused));
        };
        return [0.05, 0.5, 0.95].some(isSeen) ? null : focused.outerHTML.slice(0, 80);
      });
      if (name !== null) hidden.push(name);
    }
    expect.soft(hidden, `hidden at ${size.width} px`).toEqual([]);
  }
});

test("signing in and out by keyboard alone", async ({ page }) => {
  await visit(page, "/");
  await tabTo(page, page.getByRole("link", { name: "登录", exact: true }));
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/sign-in$/);
  await tabTo(page, page.getByLabel("登录名"));
  await page.keyboard.type("agency26");
  await page.keyboard.press("Tab");
  await expect(page.getByLabel("密码")).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/desk$/);
  await tabTo(page, page.locator("header summary"));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "退出登录" }));
  await page.keyboard.press("Enter");
  await expect(page.getByRole("link", { name: "登录", exact: true })).toBeVisible();
});
