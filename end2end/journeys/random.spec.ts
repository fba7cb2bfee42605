// From a draft to a rating, by a random draw that anybody can repeat.
import { execFileSync } from "node:child_process";
import { type Evidence, replayed } from "../support/draw.ts";
import { expect, test, visit } from "../support/fixture.ts";
import { named } from "../support/numbers.ts";
import * as work from "../support/work.ts";

// Whoever takes part in one browser takes no part in the other: both journeys move scores.
const CASTS = {
  scripts: { owner: "owner02", agencies: ["agency07", "agency08", "agency09"], item: "竣工规划核实测量（多测合一）" },
  "no-scripts": {
    owner: "owner03",
    agencies: ["agency14", "agency15", "agency16"],
    item: "工程造价咨询（工程量清单及招标控制价编制）",
  },
};

test("a requirement is drawn, done and rated", async ({ as, page, scripts, suits }, info) => {
  test.setTimeout(300_000);
  const cast = CASTS[scripts ? "scripts" : "no-scripts"];
  const project = named("长虹路改造工程");
  const comment = `${project}：按时完成，沟通顺畅。`;
  const owner = await as(cast.owner);
  const auditor = await as("demo.auditor");
  const publisher = await as("demo.publisher");
  // Everybody signs in before the clock runs.
  const agencies = new Map<string, Awaited<ReturnType<typeof as>>>();
  for (const login of cast.agencies) {
    const agency = await as(login);
    agencies.set(await work.body(agency), agency);
  }

  const plan: work.Plan = { project, item: cast.item, method: "random", amount: 36_000, signUp: 2 };
  const id = await test.step("the owner drafts and hands in", () => work.draft(owner, plan, scripts));
  await test.step("one person audits, another publishes", async () => {
    await work.audit(auditor, project);
    await work.publish(publisher, project);
    await expect(publisher.getByRole("heading", { level: 1 })).toHaveText(project);
  });

  await test.step("agencies sign up, and nobody sees who", async () => {
    for (const agency of agencies.values()) {
      await work.signUp(agency, id);
      const madeBy = scripts ? "浏览器生成" : "服务器代为生成";
      await expect(agency.locator("#mine")).toContainText(madeBy);
    }
    await visit(page, work.requirement(id));
    for (const name of agencies.keys()) await expect(page.locator("body")).not.toContainText(name);
  });
  await test.step("the time that is left runs, where scripts do", async () => {
    const left = page.locator(".count");
    const before = await left.innerText();
    expect(before).toMatch(/^(\d+ 分 )?\d+ 秒$/);
    if (scripts) await expect(left).not.toHaveText(before);
    else await page.waitForTimeout(1_500).then(() => expect(left).toHaveText(before));
  });

  const name = await test.step("the deadline passes and the draw takes place", () =>
    work.selected(page, id, plan.signUp));
  const winner = agencies.get(name);
  if (winner === undefined) throw new Error(`“${name}” won but did not sign up`);
  // First of all the winner answers, because that has its time.
  const award = await test.step("the winner confirms", () => work.confirm(winner, id));

  const uscc = await test.step("the draw's page proves itself", async () => {
    await visit(page, work.requirement(id));
    await expect(page.locator("#entrants tbody tr")).toHaveCount(3);
    await page.getByRole("link", { name: "抽取中选机构：名单、证据和验算" }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(`${project}：抽取中选机构`);
    await expect(page.locator(".ticket")).toHaveCount(3);
    await expect(page.locator(".ticket.hit")).toContainText(name);
    const verdict = page.getByRole("status");
    if (scripts) {
      await expect(verdict).toContainText("在您的浏览器里验算：一致。");
      await verdict.getByText("逐项比对").click();
      await expect(verdict.getByText("不一致")).toHaveCount(0);
    } else {
      await expect(verdict).toContainText("未启用脚本的，可以下载证据文件用下面的命令验算");
    }
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "下载证据 JSON" }).click();
    const path = info.outputPath("evidence.json");
    await (await download).saveAs(path);
    // The command that the page names.
    const program = process.env.MARKET_PROGRAM ?? "server";
    expect(execFileSync(program, ["verify", "draw", path], { encoding: "utf8" })).toContain("验算结果：一致");

    const answer = await page.request.get(`/api/v1/draws/${work.idIn(page)}`);
    const evidence = (await answer.json()) as Evidence;
    expect(replayed(evidence)).toEqual({
      commitment: evidence.seed_commitment,
      list: evidence.entrants_hash,
      drawn: evidence.picks.map((pick) => pick.uscc),
    });
    await suits(page);
    return evidence.picks[0]?.uscc ?? "";
  });
  const before = await work.score(page, uscc);

  await test.step("the notice of award is issued and can be verified", async () => {
    const number = await work.notice(page, award);
    await expect(page.locator(".document")).toContainText(name);
    await expect(page.locator(".document")).toContainText("36,000.00 元（人民币叁万陆仟元整）");
    await suits(page);
    await visit(page, `/verify/${number}`);
    await expect(page.getByText("查验结果：真实有效。")).toBeVisible();
  });

  const contract = await test.step("the agency records the contract, the owner confirms it", async () => {
    const contract = await work.record(winner, award, scripts);
    // Until both sides agree it is nobody else's business; the page itself says nothing, not even that it is there.
    expect((await page.request.get(contract)).status()).toBe(404);
    await work.agree(owner, contract);
    await visit(page, contract);
    await expect(page.getByText("下载扫描件")).toHaveCount(0);
    return contract;
  });
  await test.step("the work is handed in, accepted and completed", async () => {
    await work.deliver(winner, contract, scripts);
    await work.accept(owner, contract);
  });
  await test.step("the owner rates, and it shows", async () => {
    await work.rate(owner, contract, comment);
    expect(await work.score(page, uscc)).toBe(before + 1);
    await expect(page.getByText(comment)).toBeVisible();
    const points = "服务质量 5 · 服务时效 5 · 服务态度 5 · 服务收费 4 · 服务规范 5";
    await expect(page.getByText(points).first()).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "P01 +1" }).filter({ hasText: project })).toBeVisible();
    await visit(page, work.requirement(id));
    await expect(page.locator(".course [aria-current]")).toContainText("评价");
  });
});
