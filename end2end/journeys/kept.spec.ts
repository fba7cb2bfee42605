// Work that is not lost: a session ends in the middle of a form, a document was handed in too early, a file came with a
// mistake elsewhere.
import { type Page } from "@playwright/test";
import { PASSWORD, expect, live, test, visit } from "../support/fixture.ts";
import { named, phone, uscc } from "../support/numbers.ts";
import { picture } from "../support/papers.ts";
import * as work from "../support/work.ts";

// The owners of these tests; those of the two browsers write in different drawers.
const owner = (scripts: boolean) => (scripts ? "owner04" : "owner09");

/** The cookie of a session. */
const SESSION = "__Host-market";

const plan = (project: string): work.Plan => ({
  project: named(project),
  item: "日照分析",
  method: "random",
  amount: 30_000,
  signUp: 2,
});

const names = async (page: Page) => (await page.context().cookies()).map(({ name }) => name);

/** The session is over; everything else that the browser knows stays. */
async function endSession(page: Page): Promise<void> {
  const before = await names(page);
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.deleteCookies", { name: SESSION, url: page.url() });
  await devtools.detach();
  expect(before).toContain(SESSION);
  expect(await names(page)).toEqual(before.filter((name) => name !== SESSION));
}

/** Everything that was typed stands in the form. */
async function standsAsTyped(page: Page, { project, amount, signUp }: work.Plan): Promise<void> {
  await expect(page.getByLabel("项目名称")).toHaveValue(project);
  await expect(page.getByLabel("项目规模")).toHaveValue("建筑面积 12,000 平方米");
  await expect(page.getByLabel("服务内容")).toHaveValue("按约定完成全部工作并出具报告，配合现场核查，提供纸质成果六份。");
  await expect(page.getByLabel("服务时限")).toHaveValue("10");
  const methods = page.getByRole("group", { name: "选取方式", exact: true });
  await expect(methods.getByLabel(/^随机抽取/)).toBeChecked();
  await expect(page.getByLabel("服务金额")).toHaveValue(String(amount));
  await expect(page.getByLabel("金额说明")).toHaveValue("含成果修改和配合评审的全部费用。");
  await expect(page.getByLabel("报名期")).toHaveValue(String(signUp));
  const types = page.getByRole("group", { name: "服务类型", exact: true });
  await expect(types.getByRole("checkbox").first()).toBeChecked();
}

for (const { button, project } of [
  { button: "保存草稿", project: "羊祜路" },
  { button: "提交审核", project: "杜甫巷" },
]) {
  test(`the session ends in the middle of a form, and 「${button}」 loses nothing`, async ({
    as,
    scripts,
    suits,
    watch,
  }) => {
    test.setTimeout(120_000);
    const page = await as(owner(scripts));
    const asked = plan(project);
    const id = await work.begin(page, asked.item);
    await endSession(page);
    // With scripts it tries to save by itself meanwhile, as often as the typing pauses.
    await page.route("**/draft", async (route) => {
      if (route.request().headers()["x-island"] !== undefined) watch.announce(401);
      await route.continue();
    });
    await work.fill(page, asked);
    if (scripts) await expect(page.getByRole("status").filter({ hasText: "刚才的内容没有保存" })).toBeVisible();

    watch.announce(401);
    await page.getByRole("button", { name: button, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("登录已过期，请重新登录");
    await expect(page).toHaveTitle(/^未提交：登录已过期，填写的内容已保留/);
    await expect(page.getByText("刚才填写的内容还没有提交，已经为这个浏览器保留一小时。")).toBeVisible();
    await suits(page);

    await page.getByLabel("登录名").fill(owner(scripts));
    await page.getByLabel("密码").fill(PASSWORD);
    await page.getByRole("button", { name: "登录", exact: true }).click();
    await expect(page).toHaveURL(/\/kept\/[0-9a-f-]{36}$/);
    await live(page);
    await expect(page).toHaveTitle(/^未提交：登录曾经过期 - /);
    await expect(page.getByRole("alert")).toContainText("这份内容还没有提交。填写的内容已经带回来，请核对后再提交");
    await standsAsTyped(page, asked);
    await suits(page);

    if (button === "保存草稿") {
      await work.press(page, "保存草稿", "saved");
      await standsAsTyped(page, asked);
    }
    await work.press(page, "提交审核", "submitted");
    expect(work.idIn(page)).toBe(id);
    await expect(page.getByRole("heading", { level: 1 })).toContainText(asked.project);
  });
}

test("what was handed in too early is had back, until its audit begins", async ({ as, scripts, suits, watch }) => {
  test.setTimeout(120_000);
  const page = await as(owner(scripts));
  const asked = plan("孟浩然路");
  const id = await work.draft(page, asked, scripts);
  await suits(page);
  await work.press(page, "撤回修改", "taken_back");
  await expect(page).toHaveURL(new RegExp(`/requirements/${id}/edit`));
  await standsAsTyped(page, asked);
  const auditor = await as("demo.auditor");
  await visit(auditor, "/desk/audits");
  await expect(work.row(auditor, asked.project)).toHaveCount(0);

  await work.press(page, "提交审核", "submitted");
  // To look at it does not begin the audit.
  await visit(auditor, `/desk/editions/${id}`);
  await expect(auditor.getByText("开始审核之前，业主还可以撤回修改")).toBeVisible();
  await auditor.getByRole("button", { name: "开始审核" }).click();
  await expect(auditor.getByText("业主已不能撤回")).toBeVisible();
  // The owner's page is older than that and still has the button.
  watch.announce(422);
  await page.getByRole("button", { name: "撤回修改" }).click();
  await expect(page.getByRole("alert")).toContainText("开始审核，不能再撤回。");
  await expect(page).toHaveTitle(/^未提交：/);
  await expect(page.getByRole("button", { name: "撤回修改" })).toHaveCount(0);
  await visit(page, work.requirement(id));
  await expect(page.getByText(/审核人员已于 .* 开始审核。/)).toBeVisible();
  await expect(page.getByRole("button", { name: "撤回修改" })).toHaveCount(0);

  await work.judge(auditor, "退回补正", "请写明成果的份数。", "提交结论", "returned");
  await visit(page, `/requirements/${id}/edit`);
  await expect(page.getByText("请写明成果的份数。")).toBeVisible();
  await standsAsTyped(page, asked);
});

test("a file that has arrived is not chosen again because of a mistake elsewhere", async ({
  page,
  scripts,
  suits,
  watch,
}) => {
  test.setTimeout(120_000);
  await work.openAccount(page, `keeper${Date.now()}${scripts ? "s" : "n"}`, phone());
  await page.getByRole("link", { name: "登记中介机构" }).click();
  await work.describe(page, named("岘山环保咨询有限公司"), uscc());
  await page.getByRole("button", { name: "登记，继续填写资料" }).click();
  await expect(page.getByRole("heading", { name: "入驻资料", level: 1 })).toBeVisible();
  await live(page);
  const services = page.locator("#services");
  const offered = services.getByLabel("服务类型", { exact: true });
  const option = offered.locator("option").filter({ hasText: /^环境影响评价（/ });
  await offered.selectOption((await option.getAttribute("value")) ?? "");
  await services.getByLabel("服务承诺").fill("两个工作日内到场，按约定时间交付，终身负责修改。");
  await services.getByLabel("收费参考").fill("市场调节价，按工作量报价");
  await work.press(page, services.getByRole("button", { name: "添加", exact: true }), "added");

  const form = page.locator("#qualifications");
  const scan = form.getByLabel("证书扫描件");
  const add = form.getByRole("button", { name: "添加", exact: true });
  await form.getByText("添加资质").click();
  await form.getByLabel("资质种类").selectOption({ label: "环境影响评价信用平台建档" });
  await form.getByLabel("等级").selectOption({ label: "不分等级" });
  await form.getByLabel("证书编号").fill("环信建字 2025-0417");
  await form.getByLabel("有效期自").fill("2025-04-17");
  await form.getByLabel("长期有效").check();
  // Two sides of a certificate, taken with a telephone.
  await scan.setInputFiles([picture("建档证明.png"), picture("建档证明 (2).png")]);
  const together = "建档证明等2张.pdf";
  if (scripts) await expect(form.getByText(`已收到：${together}`)).toBeVisible();
  watch.announce(422);
  await add.click();
  await expect(page).toHaveTitle(/^未提交：1 处需要修改/);
  await expect(form.getByRole("alert")).toContainText("发证机关：请填写。");
  await expect(form.getByRole("alert")).toContainText(`已收到的文件不用重新选择：${together}。`);
  await live(page);
  await expect(form.getByText(`已收到：${together}`)).toBeVisible();
  await expect(form.getByLabel("证书编号")).toHaveValue("环信建字 2025-0417");
  await expect(form.getByLabel("有效期自")).toHaveValue("2025-04-17");
  await expect(form.getByLabel("长期有效")).toBeChecked();
  await expect(scan).toHaveValue("");
  await suits(page);

  await form.getByLabel("发证机关").fill("生态环境部门");
  await work.press(page, add, "added");
  const link = form.getByRole("row").getByRole("link", { name: together });
  const stored = await page.request.get((await link.getAttribute("href")) ?? "");
  expect(stored.headers()["content-type"]).toBe("application/pdf");
  expect((await stored.body()).subarray(0, 5).toString()).toBe("%PDF-");
});
