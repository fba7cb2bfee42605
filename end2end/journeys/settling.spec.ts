// A new agency, from an account to the public list.
import { type Page } from "@playwright/test";
import { expect, reloadUntil, test, visit } from "../support/fixture.ts";
import { idNumber, named, phone, uscc } from "../support/numbers.ts";
import { workdays } from "../support/pace.ts";
import { attach, describe, judge, openAccount, press, row } from "../support/work.ts";

const button = (page: Page, section: string, name: string) =>
  page.locator(section).getByRole("button", { name, exact: true });

test("an agency settles", async ({ as, page, visitor, scripts, suits }) => {
  test.setTimeout(300_000);
  const name = named("岘山环保咨询有限公司");
  const code = uscc();
  const number = idNumber();
  const agency = await visitor();
  await test.step("a person opens an account and registers the agency", async () => {
    await openAccount(agency, `settler${Date.now()}`, phone());
    await agency.getByRole("link", { name: "登记中介机构" }).click();
    await describe(agency, name, code, "只为核对页面而设。");
    await agency.getByRole("button", { name: "登记，继续填写资料" }).click();
    await expect(agency.getByRole("heading", { name: "入驻资料", level: 1 })).toBeVisible();
  });

  await test.step("the dossier is filled in, part by part", async () => {
    const services = agency.locator("#services");
    const offered = services.getByLabel("服务类型", { exact: true });
    const option = offered.locator("option").filter({ hasText: /^环境影响评价（/ });
    await offered.selectOption((await option.getAttribute("value")) ?? "");
    await services.getByLabel("服务承诺").fill("两个工作日内到场，按约定时间交付，终身负责修改。");
    await services.getByLabel("收费参考").fill("市场调节价，按工作量报价");
    await press(agency, button(agency, "#services", "添加"), "added");

    const qualifications = agency.locator("#qualifications");
    await qualifications.getByText("添加资质").click();
    await qualifications.getByLabel("资质种类").selectOption({ label: "环境影响评价信用平台建档" });
    await qualifications.getByLabel("等级").selectOption({ label: "不分等级" });
    await qualifications.getByLabel("证书编号").fill("环信建字 2025-0417");
    await qualifications.getByLabel("发证机关").fill("生态环境部门");
    await qualifications.getByLabel("有效期自").fill("2025-04-17");
    await qualifications.getByLabel("长期有效").check();
    await attach(agency, "证书扫描件", "建档证明.pdf", scripts);
    await press(agency, button(agency, "#qualifications", "添加"), "added");

    const people = agency.locator("#practitioners");
    await people.getByText("添加执业人员").click();
    await people.getByLabel("服务类型", { exact: true }).selectOption({ index: 1 });
    await people.getByLabel("姓名").fill("欧阳清");
    await people.getByLabel("身份证号码").fill(number);
    await people.getByLabel("证书", { exact: true }).selectOption({ label: "环境影响评价工程师" });
    await people.getByLabel("证书编号").fill("HP00041217");
    await people.getByLabel("从业年限").fill("8");
    await attach(agency, "执业证扫描件", "执业证.pdf", scripts);
    await press(agency, button(agency, "#practitioners", "添加"), "added");

    const commitment = agency.locator("#commitment");
    await commitment.getByLabel("以上各条本机构逐条阅读并郑重承诺").check();
    await attach(agency, "盖章的承诺书扫描件", "承诺书.pdf", scripts);
    await press(agency, button(agency, "#commitment", "签署"), "saved");
    await suits(agency);
    await press(agency, "提交核对", "submitted");
  });
  await test.step("nobody else sees it yet", async () => {
    await visit(page, `/agencies?q=${code}`);
    await expect(page.getByText("没有符合条件的机构")).toBeVisible();
  });

  await test.step("the operator checks the form", async () => {
    const auditor = await as("demo.auditor");
    await visit(auditor, "/desk/checks");
    await row(auditor, name).getByRole("link", { name: "核对" }).click();
    await expect(auditor.getByText(number)).toHaveCount(0);
    await judge(auditor, "通过", "", "提交结论", "passed");
  });
  await test.step("the department's clerk gives an opinion, its checker decides", async () => {
    const clerk = await as("demo.clerk");
    await visit(clerk, "/desk/vettings");
    await row(clerk, name).getByRole("link", { name: "审核" }).click();
    // Who judges the person must see who it is.
    await expect(clerk.getByText(number)).toBeVisible();
    await judge(clerk, "通过", "材料齐全。", "提交意见", "opined");

    const checker = await as("demo.checker");
    await visit(checker, "/desk/vettings");
    await row(checker, name).getByRole("link", { name: "审核" }).click();
    await expect(checker.getByText("材料齐全。")).toBeVisible();
    await judge(checker, "通过", "", "作出决定", "decided");
  });

  await test.step("after publicity the service is active and the agency public", async () => {
    await visit(agency, "/desk/dossier");
    const service = agency.locator("#services").getByRole("row").filter({ hasText: "环境影响评价" });
    await expect(service).toContainText("公示中");
    await reloadUntil(agency, () => expect(service).toContainText("已开通", { timeout: 500 }), workdays(3));
    await visit(page, "/agencies");
    await page.getByLabel("名称、代码或拼音首字母").fill(name);
    await page.getByRole("button", { name: "筛选" }).click();
    await page.getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page.getByText("欧**")).toBeVisible();
    await expect(page.getByText("139****1111")).toBeVisible();
    await expect(page.locator("body")).not.toContainText(number);
    await expect(page.getByRole("row").filter({ hasText: "环境影响评价" }).first()).toContainText("已开通");
    await suits(page);
  });
});
