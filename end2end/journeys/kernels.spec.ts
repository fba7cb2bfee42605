// What is loaded can be read by the oldest kernels that are served; what cannot be started is done without scripts.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "acorn";
import { expect, test, visit } from "../support/fixture.ts";

const pkg = fileURLToPath(new URL("../../target/site/pkg", import.meta.url));

for (const script of readdirSync(pkg).filter((name) => name.endsWith(".js"))) {
  test(`Chromium 78 and Firefox 78 can read ${script.split(".")[0]}.js`, ({ scripts }) => {
    test.skip(!scripts, "read once is enough");
    // The language of 2020 without what only came with Chromium 80: both kernels load modules on demand.
    const newer: string[] = [];
    parse(readFileSync(join(pkg, script), "utf8"), {
      ecmaVersion: 2020,
      sourceType: "module",
      onToken: (token) => {
        if (["?.", "??"].includes(token.type.label)) newer.push(`${token.type.label} at ${token.start}`);
      },
    });
    expect(newer).toEqual([]);
  });
}

test("the test above can fail", ({ scripts }) => {
  test.skip(!scripts, "read once is enough");
  expect(() => parse("await 1;", { ecmaVersion: 2020, sourceType: "module" })).toThrow();
});

for (const { what, without } of [
  { what: "no wasm", without: "delete window.WebAssembly;" },
  { what: "no event before a form is sent", without: "delete window.FormDataEvent;" },
]) {
  test(`a browser with ${what} is told that the page works without`, async ({ page, scripts, suits }) => {
    test.skip(!scripts, "only scripts can be missing something");
    await page.addInitScript(without);
    await page.goto("/search");
    await expect(page.getByText("本页按不使用脚本的方式办理")).toBeVisible();
    await suits(page);
    const field = page.getByRole("searchbox", { name: "搜索" });
    await field.fill("测绘");
    await field.press("Enter");
    await expect(page.locator(".results a").first()).toBeVisible();
  });
}

test("a browser that can do all says nothing of it", async ({ page }) => {
  await visit(page, "/search");
  await expect(page.getByText("本页按不使用脚本的方式办理")).toBeHidden();
});
