// What is typed wrong comes back as it was typed, with the reason where the mistake is.
import { type Page } from "@playwright/test";
import { expect, live, test, visit } from "../support/fixture.ts";
import { named, phone, uscc, wrongUscc } from "../support/numbers.ts";
import { disguised } from "../support/papers.ts";
import { begin, describe, fill, idIn, judge, openAccount, press, row } from "../support/work.ts";

// The owners of these tests; those of the two browsers write in different drawers.
const owner = (scripts: boolean) => (scripts ? "owner05" : "owner10");
const HOSTILE = `</textarea><script>alert(1)</script><img src=x onerror="alert(2)"> & “引号” 'x'`;

/** A field is marked, says why, is tied to its reason, and the summary leads to it by its name. */
async function isWrong(page: Page, field: string, reason: string): Promise<void> {
  const control = page.locator(`#f-${field}`);
  await expect(control).toHaveAttribute("aria-invalid", "true");
  await expect(control).toHaveAttribute("aria-describedby", new RegExp(`(^| )w-${field}( |$)`));
  await expect(page.locator(`#w-${field}`)).toContainText(reason);
  // The ring around what has the focus, 3 px wide and 2 px away, covers nothing of it.
  const [ring, told] = await Promise.all([control.boundingBox(), page.locator(`#w-${field}`).boundingBox()]);
  expect.soft(ring!.y - told!.y - told!.height, "room for the ring").toBeGreaterThanOrEqual(5);
  const link = page.getByRole("alert").locator(`a[href="#f-${field}"]`);
  await expect(link).toContainText(reason);
  // “请填写。” three times over would not say what to fill in.
  const label = await page.locator(`label[for="f-${field}"]:not([hidden])`).innerText();
  expect.soft(await link.innerText(), "the summary names the field").toContain(label);
}

test("an account: every mistake at its field, no password in the page", async ({ page, suits, watch }) => {
  await visit(page, "/register");
  await page.getByLabel("姓名").fill("甲");
  await page.getByLabel("手机号").fill("1390000");
  await page.getByLabel("登录名").fill("甲 乙");
  await page.getByLabel("密码", { exact: true }).fill("password123");
  await page.getByLabel("再输一次密码").fill("password124");
  watch.announce(422);
  await page.getByRole("button", { name: "注册", exact: true }).click();
  await isWrong(page, "person_name", "至少 2 个字，现在是 1 个字。");
  await isWrong(page, "phone", "固定电话请加上区号");
  await isWrong(page, "login", "登录名为 3 至 30 个");
  await isWrong(page, "new_password", "这个密码太容易被猜到");
  await expect(page.locator("#w-agreed")).toContainText("请阅读并同意");
  await expect(page.getByLabel("姓名")).toHaveValue("甲");
  await expect(page.getByLabel("姓名")).toBeFocused();
  await expect(page.getByLabel("登录名")).toHaveValue("甲 乙");
  await expect(page.getByLabel("密码", { exact: true })).toHaveValue("");
  expect(await page.content()).not.toContain("password123");
  await suits(page);
});

test("a wrong password says no more than that", async ({ page, watch }) => {
  await visit(page, "/sign-in?to=/desk/dossier");
  await page.getByLabel("登录名").fill("nobody.at.all");
  await page.getByLabel("密码").fill("something else");
  watch.announce(422);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page.getByRole("alert")).toContainText("账号或密码不正确。");
  await expect(page.getByLabel("登录名")).toHaveValue("nobody.at.all");
  await expect(page.getByLabel("密码")).toHaveValue("");
  // Where one wanted to go is not forgotten.
  await expect(page.locator('main form input[name="to"]').first()).toHaveValue("/desk/dossier");
});

test("an agency: wrong code, missing field, hostile text; corrected, it goes through", async ({ page, suits, watch }) => {
  const code = wrongUscc();
  await openAccount(page, `erring${Date.now()}`, phone());
  await visit(page, "/register/agency");
  await describe(page, named("岘山环保咨询有限公司"), code, HOSTILE);
  await page.getByLabel("联系人").fill("");
  await page.getByLabel("成立日期").fill("");
  watch.announce(422);
  const submit = page.getByRole("button", { name: "登记，继续填写资料" });
  await submit.click();
  await expect(page).toHaveURL(/\/register\/agency$/);
  await expect(page.getByRole("alert")).toContainText("有 4 处需要更正");
  await isWrong(page, "uscc", "最后一位校验码不对");
  // Some licences have such a code: then its scan goes with it.
  await isWrong(page, "licence", "请上传证照扫描件");
  await isWrong(page, "founded_on", "请填写。");
  await isWrong(page, "contact_name", "请填写。");
  await expect(page.getByLabel("统一社会信用代码")).toHaveValue(code);
  await expect(page.getByLabel("统一社会信用代码")).toBeFocused();
  await expect(page.getByLabel("企业", { exact: true })).toBeChecked();
  await expect(page.getByLabel("注册资本（可不填）")).toHaveValue("500万");
  await expect(page.getByLabel("机构简介（可不填）")).toHaveValue(HOSTILE);
  await expect(page.locator("main img, main script")).toHaveCount(0);
  await suits(page);

  await page.getByLabel("统一社会信用代码").fill(uscc());
  await page.getByLabel("联系人").fill("江远帆");
  await page.getByLabel("成立日期").fill("2019-04-12");
  await submit.click();
  await expect(page.getByRole("heading", { name: "入驻资料", level: 1 })).toBeVisible();
});

test("a code that is taken is refused in words", async ({ page, watch }) => {
  await openAccount(page, `taker${Date.now()}`, phone());
  await visit(page, "/register/agency");
  // The demo's first agency.
  await describe(page, named("岘山环保咨询有限公司"), "91420600MADEM00114");
  watch.announce(422);
  await page.getByRole("button", { name: "登记，继续填写资料" }).click();
  await expect(page.getByRole("alert")).toContainText("该统一社会信用代码已经登记并核对通过。");
  await expect(page.getByLabel("地址")).toHaveValue("示范区中介大厦 1206 室");
});

test("a requirement: wrong sums, too long, too short, missing; nothing typed is lost", async ({
  as,
  scripts,
  suits,
  watch,
}) => {
  const page = await as(owner(scripts));
  const id = await begin(page, "日照分析");
  const long = "长".repeat(201);
  await fill(page, { project: long, item: "", method: "lowest_price", amount: 80_000, floor: 10_000, signUp: 30 });
  await page.getByLabel("服务内容").fill("太短");
  await page.getByLabel("服务时限").fill("很久");
  await page.getByLabel("项目规模").fill("");
  await page.getByLabel("咨询电话").fill("12");
  await page.getByText("资质要求（可不填）").click();
  await page.getByRole("group", { name: "第 1 组" }).getByLabel("资质", { exact: true }).first().selectOption({ index: 1 });
  watch.announce(422);
  await page.getByRole("button", { name: "提交审核" }).click();
  await expect(page.getByRole("alert")).toContainText("处需要更正，请看标红的栏目。");
  await isWrong(page, "project_name", "最多 200 个字，现在是 201 个字。");
  await isWrong(page, "scale", "请填写。");
  await isWrong(page, "content", "至少 10 个字，现在是 2 个字。");
  await isWrong(page, "service_workdays", "请填写 1 至 365 之间的整数。");
  await isWrong(page, "floor", "最低限价不低于最高限价的 70%，即 56,000.00 元。");
  await isWrong(page, "sign_up_workdays", "请填写 1 至 20 之间的整数。");
  await isWrong(page, "contact_phone", "请填写一个电话号码：11 位手机号");
  await expect(page.getByLabel("项目名称")).toHaveValue(long);
  await expect(page.getByLabel("项目名称")).toBeFocused();
  await expect(page.getByLabel("服务内容")).toHaveValue("太短");
  await expect(page.getByLabel("服务时限")).toHaveValue("很久");
  await expect(page.getByRole("group", { name: "选取方式", exact: true }).getByLabel(/^最低价/)).toBeChecked();
  await suits(page);

  await page.getByLabel("服务金额").fill("八万六");
  watch.announce(422);
  await page.getByRole("button", { name: "提交审核" }).click();
  await isWrong(page, "amount", "“八万六”有两种读法，请写全");
  await expect(page.getByLabel("服务金额")).toHaveValue("八万六");

  await visit(page, `/requirements/${id}/edit`);
  await page.getByLabel("服务金额").fill("150万");
  await page.getByLabel(/^最低限价/).fill("120万");
  watch.announce(422);
  await page.getByRole("button", { name: "提交审核" }).click();
  await expect(page.locator("#w-method")).toContainText("公共资金达到 1,000,000.00 元应依法招标");
});

test("unfair wording is shown to its writer and needs a reason", async ({ as, scripts, suits, watch }) => {
  const page = await as(owner(scripts));
  await begin(page, "房屋安全鉴定");
  const project = named("老旧小区");
  await fill(page, { project, item: "", method: "random", amount: 30_000, signUp: 2 });
  await page.getByLabel("其他要求（可不填）").fill("要求在本地设有分支机构。");
  watch.announce(422);
  await page.getByRole("button", { name: "提交审核" }).click();
  await isWrong(page, "findings_reason", "里有可能不公平的表述，请修改，或者在这里写明必须保留的理由");
  await isWrong(page, "other_terms", "要求设立本地分支机构，属于不合理限制。");
  await suits(page);
  await page.getByLabel("其他要求（可不填）").fill("");
  await press(page, "提交审核", "submitted");
});

test("what people type stays text on every page that shows it", async ({ as, scripts }) => {
  const page = await as(owner(scripts));
  const project = `<b>${named("甲")}</b> & "x"`;
  await begin(page, "日照分析");
  await fill(page, { project, item: "", method: "random", amount: 30_000, signUp: 2 });
  await page.getByLabel("服务内容").fill(`${HOSTILE}\n第二行`);
  await press(page, "提交审核", "submitted");
  const id = idIn(page);

  const auditor = await as("demo.auditor");
  await visit(auditor, `/desk/editions/${id}`);
  await expect(auditor.getByRole("heading", { level: 1 })).toContainText(project);
  await expect(auditor.getByText(HOSTILE)).toBeVisible();
  await expect(auditor.locator("main b", { hasText: "甲" }).or(auditor.locator("main img, main script"))).toHaveCount(0);
  await auditor.getByRole("button", { name: "开始审核" }).click();
  await judge(auditor, "退回补正", HOSTILE, "提交结论", "returned");

  await visit(page, `/requirements/${id}/edit`);
  await expect(page.getByText("退回修改：")).toBeVisible();
  await expect(page.getByLabel("服务内容")).toHaveValue(`${HOSTILE}\n第二行`);
  await expect(page.getByLabel("项目名称")).toHaveValue(project);
  await expect(page.locator("main img, main script")).toHaveCount(0);
});

test("who saves over somebody else's change is told", async ({ as, scripts, watch }) => {
  const first = await as(owner(scripts));
  await begin(first, "日照分析");
  const second = await first.context().newPage();
  await visit(second, first.url());
  await first.getByLabel("项目规模").fill("先改的");
  await press(first, "保存草稿", "saved");
  await second.getByLabel("项目规模").fill("后改的");
  watch.announce(422);
  await second.getByRole("button", { name: "保存草稿" }).click();
  await expect(second.getByRole("alert")).toContainText("这份内容在您打开页面之后已经变动");
  await expect(second.getByLabel("项目规模")).toHaveValue("后改的");
  await first.reload();
  await expect(first.getByLabel("项目规模")).toHaveValue("先改的");
});

test("twice is once", async ({ as, scripts }) => {
  const page = await as(owner(scripts));
  const item = scripts ? "考古调查、勘探" : "文物影响评估";
  await visit(page, "/requirements/new");
  await page.getByLabel("服务事项").selectOption({ label: item });
  await page.getByRole("button", { name: "下一步：填写需求" }).dblclick();
  await expect(page).toHaveURL(/\/edit$/);
  await live(page);
  // Back, and once more with the same form, as an impatient person does.
  const [value, once] = await test.step("the form as it was", async () => {
    await visit(page, "/requirements/new");
    const option = page.getByLabel("服务事项").locator("option").filter({ hasText: item });
    const key = page.locator('main form input[name="once"]');
    return [await option.getAttribute("value"), await key.getAttribute("value")];
  });
  const form = { item: value ?? "", once: once ?? "" };
  const answers = await Promise.all(
    [1, 2, 3].map(() => page.request.post("/requirements", { form, maxRedirects: 0 })),
  );
  const places = answers.map((answer) => `${answer.status()} ${answer.headers()["location"]}`);
  expect(new Set(places).size, places.join(", ")).toBe(1);
  expect(places[0]).toMatch(/^303 \/requirements\/[0-9a-f-]{36}\/edit$/);
  await visit(page, "/desk/requirements");
  await expect(row(page, item)).toHaveCount(2);
});

test("a file that is not what it says is refused at its field", async ({ as, scripts, watch }) => {
  const page = await as(owner(scripts));
  await begin(page, "日照分析");
  watch.announce(422);
  await page.getByLabel("添加附件").setInputFiles(disguised);
  if (!scripts) await page.getByRole("button", { name: "上传", exact: true }).click();
  await expect(page.locator("#files")).toContainText("文件的内容与扩展名不符，请确认文件没有损坏或被改名。");
});

test("a file that is too large is refused in words", async ({ as, scripts, watch }) => {
  const page = await as(owner(scripts));
  await begin(page, "日照分析");
  const buffer = Buffer.alloc(10 * 1_024 * 1_024 + 1, ".");
  buffer.write("%PDF-1.4\n");
  watch.announce(422);
  await page.getByLabel("添加附件").setInputFiles({ name: "大.pdf", mimeType: "application/pdf", buffer });
  if (!scripts) await page.getByRole("button", { name: "上传", exact: true }).click();
  await expect(page.locator("#files")).toContainText("文件超过 10 MB，请压缩或拆分后再上传。");
});
