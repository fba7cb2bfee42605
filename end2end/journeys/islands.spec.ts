// What scripts add, and that the same can be done without them.
import { expect, test, visit } from "../support/fixture.ts";
import { named } from "../support/numbers.ts";
import { pdf } from "../support/papers.ts";
import { begin, fill, press, savedByItself } from "../support/work.ts";

// The owners of these tests; those of the two browsers write in different drawers.
const owner = (scripts: boolean) => (scripts ? "owner07" : "owner08");

for (const { what, typed, hit } of [
  { what: "a word of two characters", typed: "环境", hit: /环境/ },
  { what: "two characters within a name", typed: "测绘", hit: /测绘/ },
  { what: "the initials of its pinyin", typed: "hjyxpj", hit: /环境影响评价/ },
]) {
  test(`search finds by ${what}`, async ({ page, scripts, suits }) => {
    await visit(page, "/");
    const field = page.getByRole("searchbox", { name: "搜索" });
    await field.pressSequentially(typed, { delay: 30 });
    if (scripts) {
      const hits = page.locator(".hits a");
      await expect(hits.first()).toBeVisible();
      await expect(hits.filter({ hasText: hit }).first()).toBeVisible();
      expect(await hits.count()).toBeLessThanOrEqual(8);
      await suits(page);
    }
    await field.press("Enter");
    await expect(page).toHaveURL(/\/search\?q=/);
    await expect(page.getByRole("searchbox", { name: "搜索" })).toHaveValue(typed);
    const link = page.locator(".results a").filter({ hasText: hit }).first();
    await link.click();
    await expect(page.getByRole("heading", { level: 1 })).toContainText(hit);
  });
}

test("a hit of search as you type leads to its page", async ({ page, scripts }) => {
  test.skip(!scripts, "only scripts search as you type");
  await visit(page, "/search");
  await page.getByRole("searchbox", { name: "搜索" }).fill("水土保持监测");
  await page.locator(".hits a").filter({ hasText: "水土保持监测" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("水土保持监测");
});

test("a draft is kept", async ({ as, scripts }) => {
  const page = await as(owner(scripts));
  const project = named("清河口整治工程");
  await begin(page, "防洪（洪水影响）评价报告编制");
  await page.getByLabel("项目名称").fill(project);
  await page.getByLabel("服务内容").fill("第一行\n第二行");
  if (scripts) await savedByItself(page);
  else await press(page, "保存草稿", "saved");
  await page.reload();
  await expect(page.getByLabel("项目名称")).toHaveValue(project);
  await expect(page.getByLabel("服务内容")).toHaveValue("第一行\n第二行");
});

test("handing in while the draft is being saved hands in", async ({ as, scripts }) => {
  test.skip(!scripts, "only scripts save by themselves");
  const page = await as(owner(scripts));
  await begin(page, "水土保持监测");
  // The answer to a save takes its time, as on a bad line.
  const saving = new Promise<void>((begun) => {
    void page.route("**/draft", async (route) => {
      const answer = await route.fetch();
      begun();
      await new Promise((resume) => setTimeout(resume, 2_000));
      await route.fulfill({ response: answer }).catch(() => undefined);
    });
  });
  await fill(page, { project: named("牛首镇"), item: "", method: "random", amount: 30_000, signUp: 2 });
  await saving;
  await press(page, "提交审核", "submitted");
});

test("a file arrives, with progress where scripts run", async ({ as, scripts }) => {
  const page = await as(owner(scripts));
  await begin(page, "水土保持方案技术评审");
  const files = page.locator("#files");
  if (scripts) {
    // A slow line, so that the progress can be seen.
    const devtools = await page.context().newCDPSession(page);
    await devtools.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 20,
      downloadThroughput: -1,
      uploadThroughput: 1_500_000,
    });
  }
  await page.getByLabel("添加附件").setInputFiles(pdf("项目批复.pdf", 2_500));
  if (scripts) {
    await expect(files.getByRole("progressbar", { name: "上传进度" })).toBeVisible();
    await expect(files.getByText("已收到：项目批复.pdf")).toBeVisible();
    await expect(files.getByRole("progressbar")).toBeHidden();
  }
  await press(page, files.getByRole("button", { name: "上传", exact: true }), "added");
  const link = files.getByRole("link", { name: "项目批复.pdf" });
  await expect(link).toBeVisible();
  const download = page.waitForEvent("download");
  await link.click();
  expect((await download).suggestedFilename()).toBe("项目批复.pdf");
  await press(page, files.getByRole("button", { name: "移除" }), "removed");
  await expect(link).toHaveCount(0);
});

test("pages without an island send no script", async ({ page }) => {
  const loaded: string[] = [];
  page.on("request", (request) => loaded.push(request.resourceType()));
  await page.goto("/policies");
  expect(loaded).not.toContain("script");
  expect(loaded.filter((kind) => kind === "fetch")).toEqual([]);
});
