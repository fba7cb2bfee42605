// What people do in the market, step by step and on the pages that they use. Each step ends where the person sees
// that it is done.
import { type Locator, type Page, expect } from "@playwright/test";
import { live, reloadUntil, visit } from "./fixture.ts";
import { workdays } from "./pace.ts";
import { pdf } from "./papers.ts";

/** What an owner asks for. */
export interface Plan {
  project: string;
  /** The name of the item in the list to choose from. */
  item: string;
  method: "random" | "lowest_price";
  /** Yuan: the fixed price, or the ceiling. */
  amount: number;
  floor?: number;
  /** How long agencies may sign up, in workdays. */
  signUp: number;
}

/** The address of a requirement. */
export const requirement = (id: string): string => `/requirements/${id}`;

const ID = "[0-9a-f]{8}-[0-9a-f-]{27}";

/** The id in the address of the page at hand. */
export function idIn(page: Page): string {
  const found = new RegExp(ID).exec(new URL(page.url()).pathname)?.[0];
  if (found === undefined) throw new Error(`no id in ${page.url()}`);
  return found;
}

/** Presses a button, named or found, and waits for the page that says what is done. */
export async function press(page: Page, button: string | Locator, done: string): Promise<void> {
  const found = typeof button === "string" ? page.getByRole("button", { name: button, exact: true }) : button;
  // The page may say the same already, of what was done before: so wait for another one.
  await Promise.all([page.waitForEvent("load"), found.click()]);
  await expect(page.locator(`[data-done="${done}"]`)).toBeVisible();
  await live(page);
}

/** The row of a queue in which something stands. */
export const row = (page: Page, text: string): Locator => page.getByRole("row").filter({ hasText: text });

/** For whom the person acts, as the desk says it. */
export async function body(page: Page): Promise<string> {
  await visit(page, "/desk");
  const line = await page.locator("main p.muted").first().innerText();
  return line.split(" · ")[0] ?? line;
}

/** Chooses the item: a draft begins. Answers its id. */
export async function begin(owner: Page, item: string): Promise<string> {
  await visit(owner, "/requirements/new");
  await owner.getByLabel("服务事项").selectOption({ label: item });
  await owner.getByRole("button", { name: "下一步：填写需求", exact: true }).click();
  await expect(owner).toHaveURL(new RegExp(`/requirements/${ID}/edit$`));
  await live(owner);
  return idIn(owner);
}

/** Types the document of a plan. */
export async function fill(owner: Page, plan: Plan): Promise<void> {
  await owner.getByLabel("项目名称").fill(plan.project);
  await owner.getByLabel("项目规模").fill("建筑面积 12,000 平方米");
  await owner.getByLabel("服务内容").fill("按约定完成全部工作并出具报告，配合现场核查，提供纸质成果六份。");
  await owner.getByLabel("服务时限").fill("10");
  const method = { random: "随机抽取", lowest_price: "最低价" }[plan.method];
  const methods = owner.getByRole("group", { name: "选取方式", exact: true });
  await methods.getByLabel(new RegExp(`^${method}`)).check();
  await owner.getByLabel("服务金额").fill(String(plan.amount));
  await owner.getByLabel(/^最低限价/).fill(plan.floor === undefined ? "" : String(plan.floor));
  await owner.getByLabel("金额说明").fill("含成果修改和配合评审的全部费用。");
  await owner.getByLabel("报名期").fill(String(plan.signUp));
  await owner.getByRole("group", { name: "服务类型", exact: true }).getByRole("checkbox").first().check();
}

/** Waits until what was typed last has been saved by itself. */
export async function savedByItself(owner: Page): Promise<void> {
  const request = await owner.waitForRequest((request) => request.url().endsWith("/draft"));
  await request.response();
  await expect(owner.getByRole("status").filter({ hasText: /^已自动保存/ })).toBeVisible();
}

/** An owner drafts and hands in. With scripts the draft is saved while it is typed, without by a button. */
export async function draft(owner: Page, plan: Plan, scripts: boolean): Promise<string> {
  const id = await begin(owner, plan.item);
  await fill(owner, plan);
  if (scripts) await savedByItself(owner);
  else await press(owner, "保存草稿", "saved");
  await press(owner, "提交审核", "submitted");
  return id;
}

/** Says what is thought of something that waits in a queue. */
export async function judge(page: Page, verdict: "通过" | "退回补正", note: string, button: string, done: string) {
  await page.getByLabel(verdict, { exact: true }).check();
  await page.getByLabel("意见", { exact: true }).fill(note);
  await press(page, button, done);
}

/** The auditor passes it. */
export async function audit(auditor: Page, project: string): Promise<void> {
  await visit(auditor, "/desk/audits");
  await row(auditor, project).getByRole("link", { name: "办理" }).click();
  await expect(auditor.getByRole("heading", { level: 1 })).toContainText(project);
  await auditor.getByRole("button", { name: "开始审核" }).click();
  await judge(auditor, "通过", "", "提交结论", "passed");
}

/** The publisher publishes it. */
export async function publish(publisher: Page, project: string): Promise<void> {
  await visit(publisher, "/desk/publications");
  await row(publisher, project).getByRole("link", { name: "办理" }).click();
  await press(publisher, "发布公告", "published");
}

/** An agency finds that it may, and signs up. Answers what its browser sent. */
export async function signUp(agency: Page, id: string, price?: number): Promise<string> {
  await visit(agency, requirement(id));
  await expect(agency.locator("#eligibility")).toBeVisible();
  await expect(agency.locator("#eligibility").getByText("不符合", { exact: true })).toHaveCount(0);
  if (price !== undefined) await agency.getByLabel("报价（元）").fill(String(price));
  const [sent] = await Promise.all([
    agency.waitForRequest((request) => request.url().endsWith("/sign-up")),
    press(agency, "报名", "signed_up"),
  ]);
  await expect(agency.locator("#mine")).toContainText("报名回执");
  return sent.postData() ?? "";
}

/** The deadline passes and the clock selects. Answers the winner's name. */
export async function selected(page: Page, id: string, signUpWorkdays: number): Promise<string> {
  await visit(page, requirement(id));
  const winner = page.locator("#result").getByRole("link").filter({ hasNotText: "验算" });
  await reloadUntil(page, () => expect(winner).toBeVisible({ timeout: 500 }), workdays(signUpWorkdays + 1));
  return winner.innerText();
}

/** The winner confirms in time. Answers the address of the award. */
export async function confirm(winner: Page, id: string): Promise<string> {
  await visit(winner, requirement(id));
  await winner.getByRole("link", { name: "去确认" }).click();
  await press(winner, "确认中选", "confirmed");
  return new URL(winner.url()).pathname;
}

/** Publicity ends and the notice of award is issued. Answers its number. */
export async function notice(page: Page, award: string): Promise<string> {
  await visit(page, award);
  const way = page.getByRole("link", { name: "中选通知书（可打印）" });
  await reloadUntil(page, () => expect(way).toBeVisible({ timeout: 500 }), workdays(2));
  await way.click();
  await expect(page.getByRole("heading", { name: "中选通知书", level: 1 })).toBeVisible();
  return page.locator(".document p.center").innerText();
}

/** Chooses a file. With scripts it travels at once, and the page says that it has arrived. */
export async function attach(page: Page, label: string, name: string, scripts: boolean): Promise<void> {
  await page.getByLabel(label).setInputFiles(pdf(name));
  if (scripts) await expect(page.getByText(`已收到：${name}`)).toBeVisible();
}

/** One side records the signed contract. Answers its address. */
export async function record(party: Page, award: string, scripts: boolean): Promise<string> {
  await visit(party, `${award}/contract`);
  await party.getByLabel("主要内容").fill("服务范围、成果份数和付款方式按公告执行。");
  await attach(party, "合同扫描件", "服务合同.pdf", scripts);
  await press(party, "录入，等待对方确认", "recorded");
  return new URL(party.url()).pathname;
}

/** The other side finds it right. */
export async function agree(other: Page, contract: string): Promise<void> {
  await visit(other, contract);
  await press(other, "内容无误，确认", "confirmed");
}

/** The agency hands in its work. */
export async function deliver(agency: Page, contract: string, scripts: boolean): Promise<void> {
  await visit(agency, contract);
  await agency.getByLabel("成果说明").fill("成果报告及附图，纸质六份，由业主签收。");
  await attach(agency, "成果文件", "成果报告.pdf", scripts);
  await press(agency, "提交，停止计时", "delivered");
}

/** The owner accepts the work and closes the case. */
export async function accept(owner: Page, contract: string): Promise<void> {
  await visit(owner, contract);
  await press(owner, "符合约定，验收", "accepted");
  await press(owner, "办结", "completed");
}

/** The five dimensions of a rating. */
export const DIMENSIONS = ["服务质量", "服务时效", "服务态度", "服务收费", "服务规范"];

/** The owner rates: five points each, but four for the fee. */
export async function rate(owner: Page, contract: string, comment: string): Promise<void> {
  await visit(owner, contract);
  for (const dimension of DIMENSIONS) {
    const points = dimension === "服务收费" ? "4 分" : "5 分";
    await owner.getByRole("group", { name: dimension }).getByLabel(new RegExp(`^${points}`)).check();
  }
  await owner.getByLabel("文字评价").fill(comment);
  await press(owner, "提交评价", "rated");
}

/** The score on an agency's public page. */
export async function score(page: Page, uscc: string): Promise<number> {
  await visit(page, `/agencies/${uscc}`);
  const heading = await page.getByRole("heading", { name: /^信用 .* 分$/ }).innerText();
  return Number(/-?[\d.]+/.exec(heading)?.[0]);
}

/** Opens an account for a person. Leaves the browser signed in, at the choice of what to register. */
export async function openAccount(page: Page, login: string, phone: string): Promise<void> {
  await visit(page, "/register");
  await page.getByLabel("姓名").fill("巡检员");
  await page.getByLabel("手机号").fill(phone);
  await page.getByLabel("登录名").fill(login);
  await page.getByLabel("密码", { exact: true }).fill(NEW_PASSWORD);
  await page.getByLabel("再输一次密码").fill(NEW_PASSWORD);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "注册", exact: true }).click();
  await expect(page.getByRole("heading", { name: "第二步：登记单位" })).toBeVisible();
}

/** Long, without a pattern, and on no list. */
export const NEW_PASSWORD = "松柏-Lantern-4827-渡口";

/** Types the details of an agency. */
export async function describe(page: Page, name: string, uscc: string, introduction = ""): Promise<void> {
  await page.getByLabel("统一社会信用代码").fill(uscc);
  await page.getByLabel("机构名称").fill(name);
  await page.getByLabel("企业", { exact: true }).check();
  await page.getByLabel("法定代表人").fill("江远帆");
  await page.getByLabel("成立日期").fill("2019-04-12");
  await page.getByLabel("注册资本（可不填）").fill("500万");
  await page.getByLabel("地址").fill("示范区中介大厦 1206 室");
  await page.getByLabel("联系人").fill("江远帆");
  await page.getByLabel("联系电话").fill("13900001111");
  await page.getByLabel("机构简介（可不填）").fill(introduction);
}
