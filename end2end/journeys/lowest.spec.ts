// From a draft to a rating, by sealed bids of which the lowest wins. The money is social: no publicity, no waiting.
import { expect, test, visit } from "../support/fixture.ts";
import { named } from "../support/numbers.ts";
import * as work from "../support/work.ts";

// Whoever takes part in one browser takes no part in the other: both journeys move scores.
const CASTS = {
  scripts: { owner: "owner12", agencies: ["agency37", "agency38", "agency39"], item: "工程监理" },
  "no-scripts": { owner: "owner13", agencies: ["agency42", "agency43", "agency44"], item: "建设项目安全预评价" },
};
// In the order of signing up; the lowest is neither the first nor the last.
const PRICES = [88_123, 76_543, 91_357];

test("sealed bids are opened and the lowest wins", async ({ as, page, scripts, suits, watch }) => {
  test.setTimeout(300_000);
  const cast = CASTS[scripts ? "scripts" : "no-scripts"];
  const project = named("内环北线提升工程");
  const comment = `${project}：专业、认真，成果一次通过。`;
  const owner = await as(cast.owner);
  const auditor = await as("demo.auditor");
  const publisher = await as("demo.publisher");
  const agencies: { name: string; page: Awaited<ReturnType<typeof as>>; price: number }[] = [];
  for (const [i, login] of cast.agencies.entries()) {
    const agency = await as(login);
    agencies.push({ name: await work.body(agency), page: agency, price: PRICES[i] ?? 0 });
  }

  const plan: work.Plan = {
    project,
    item: cast.item,
    method: "lowest_price",
    amount: 100_000,
    floor: 70_000,
    signUp: 2,
  };
  const id = await test.step("the owner drafts and hands in", () => work.draft(owner, plan, scripts));
  await test.step("one person audits, another publishes", async () => {
    await work.audit(auditor, project);
    await work.publish(publisher, project);
  });

  await test.step("a price that is none does not get through", async () => {
    const [first] = agencies;
    if (first === undefined) return;
    await visit(first.page, work.requirement(id));
    await first.page.getByLabel("报价（元）").fill("八万多");
    // With scripts the browser refuses by itself and sends nothing.
    if (!scripts) watch.announce(422);
    await first.page.getByRole("button", { name: "报名", exact: true }).click();
    const field = first.page.getByLabel("报价（元）");
    await expect(first.page.locator("#w-price")).toContainText("“八万多”不是一个金额");
    await expect(field).toHaveValue("八万多");
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await suits(first.page);
  });
  await test.step("agencies bid, and no price leaves a browser that can seal it", async () => {
    for (const agency of agencies) {
      const sent = await work.signUp(agency.page, id, agency.price);
      const sealed = scripts ? "已密封（浏览器生成）" : "已密封（服务器代为生成）";
      await expect(agency.page.locator("#mine")).toContainText(sealed);
      if (scripts) {
        const fields = new URLSearchParams(sent);
        expect([...fields.keys()].sort()).toEqual(["nonce", "once", "replaces", "sealed_bid"]);
        expect(fields.get("sealed_bid")).toMatch(/^[0-9a-f]{100,}$/);
        const hex = Buffer.from(String(agency.price)).toString("hex");
        for (const readable of [String(agency.price), `${agency.price}00`, hex]) expect(sent).not.toContain(readable);
      }
    }
    await visit(page, work.requirement(id));
    for (const { name, price } of agencies) {
      await expect(page.locator("body")).not.toContainText(name);
      await expect(page.locator("body")).not.toContainText(price.toLocaleString("en"));
    }
  });

  const name = await test.step("the deadline passes and the bids are opened", () =>
    work.selected(page, id, plan.signUp));
  const [winner] = agencies.toSorted((one, other) => one.price - other.price);
  if (winner === undefined) throw new Error("nobody bid");
  expect(name).toBe(winner.name);
  const award = await test.step("the winner confirms", () => work.confirm(winner.page, id));
  await test.step("everybody sees every bid", async () => {
    for (const { name, price } of agencies) {
      const row = page.locator("#entrants").getByRole("row").filter({ hasText: name });
      await expect(row).toContainText(`${price.toLocaleString("en")}.00`);
    }
    await expect(page.locator("#entrants tr.hit")).toContainText(name);
    await suits(page);
  });
  const link = page.locator("#entrants tr.hit a").first();
  const uscc = (await link.getAttribute("href"))?.split("/").at(-1) ?? "";
  const before = await work.score(page, uscc);

  await test.step("the notice of award follows at once", async () => {
    const number = await work.notice(page, award);
    await expect(page.locator(".document")).toContainText("76,543.00 元（人民币柒万陆仟伍佰肆拾叁元整）");
    await visit(page, `/verify/${number}`);
    await expect(page.getByText("查验结果：真实有效。")).toBeVisible();
  });
  await test.step("the owner records the contract, the agency confirms it", async () => {
    const contract = await work.record(owner, award, scripts);
    await work.agree(winner.page, contract);
    await work.deliver(winner.page, contract, scripts);
    await work.accept(owner, contract);
    await work.rate(owner, contract, comment);
  });
  await test.step("the rating shows and the score has moved", async () => {
    expect(await work.score(page, uscc)).toBe(before + 1);
    await expect(page.getByText(comment)).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "P01 +1" }).filter({ hasText: project })).toBeVisible();
  });
});
