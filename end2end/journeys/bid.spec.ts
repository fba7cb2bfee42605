// The sealed bid is the price that stood in the field when the form was pressed, and its browser can prove it.
import { type Page, type Request } from "@playwright/test";
import { expect, live, test, visit } from "../support/fixture.ts";
import { named } from "../support/numbers.ts";
import * as work from "../support/work.ts";

// One agency signs up alone: the deadline finds too few, and nothing comes of it that others would see.
const CASTS = {
  scripts: { owner: "owner14", agency: "agency40" },
  "no-scripts": { owner: "owner11", agency: "agency41" },
};
const cast = (scripts: boolean) => CASTS[scripts ? "scripts" : "no-scripts"];

type As = (login: string) => Promise<Page>;

/** A requirement that takes bids up to 100,000 yuan, and the agency in front of it. */
async function open(as: As, scripts: boolean, project: string): Promise<{ id: string; agency: Page }> {
  const named_ = named(project);
  const owner = await as(cast(scripts).owner);
  const plan: work.Plan = {
    project: named_,
    item: "工程监理",
    method: "lowest_price",
    amount: 100_000,
    floor: 70_000,
    signUp: 8,
  };
  const id = await work.draft(owner, plan, scripts);
  await work.audit(await as("demo.auditor"), named_);
  await work.publish(await as("demo.publisher"), named_);
  const agency = await as(cast(scripts).agency);
  await visit(agency, work.requirement(id));
  return { id, agency };
}

const field = (page: Page) => page.getByLabel("报价（元）");
const receipt = (page: Page) => page.locator("#mine");
const isSignUp = (request: Request) => request.url().endsWith("/sign-up") && request.method() === "POST";
const sealedIn = (request: Request) => new URLSearchParams(request.postData() ?? "").get("sealed_bid");

/** Types a price and presses, without waiting for an answer. Answers what was sent. */
async function pressed(page: Page, price: string): Promise<Request> {
  const replace = page.locator("summary", { hasText: "替换报名" });
  if ((await replace.count()) > 0 && !(await field(page).isVisible())) await replace.click();
  await field(page).fill(price);
  const [sent] = await Promise.all([
    page.waitForRequest(isSignUp),
    page.getByRole("button", { name: /^(报名|替换原报名)$/ }).click({ noWaitAfter: true }),
  ]);
  return sent;
}

/** The page says that the sign-up was taken and that this price is what lies on the server. */
async function standsAs(page: Page, price: string): Promise<void> {
  await expect(page.getByText("报名成功")).toBeVisible();
  await isProven(page, price);
}

/** The browser has proved to itself that this price is what lies on the server. */
async function isProven(page: Page, price: string): Promise<void> {
  await live(page);
  await expect(receipt(page)).toContainText("已密封（浏览器生成）");
  await expect(receipt(page)).toContainText(`一致。服务器上的密文就是您报的 ${price} 元。`);
}

for (const { what, arrives } of [
  { what: "never arrived", arrives: false },
  { what: "had arrived", arrives: true },
]) {
  test(`a corrected price goes out corrected, where the first form ${what}`, async ({ as, scripts, suits }) => {
    test.skip(!scripts, "without scripts there is no seal to go stale");
    const { agency } = await open(as, scripts, arrives ? "庞公大道" : "东津大道");
    await agency.route(
      "**/sign-up",
      async (route) => {
        // No page comes of it: the browser stays where it is, as after its stop button.
        if (arrives) await route.fetch({ maxRedirects: 0 });
        await route.fulfill({ status: 204 });
      },
      { times: 1 },
    );
    const first = await pressed(agency, "78000");
    await first.response();
    const second = await pressed(agency, "71000");
    expect(sealedIn(second)).toMatch(/^[0-9a-f]{128}$/);
    expect(sealedIn(second)).not.toBe(sealedIn(first));
    await standsAs(agency, "71,000.00");
    await suits(agency);
  });
}

test("a double click signs up once", async ({ as, scripts }) => {
  const { agency } = await open(as, scripts, "习池路");
  await field(agency).fill("76000");
  const sent: Request[] = [];
  agency.on("request", (request) => {
    if (isSignUp(request)) sent.push(request);
  });
  await agency.getByRole("button", { name: "报名", exact: true }).dblclick();
  await expect(agency.getByText("报名成功")).toBeVisible();
  if (scripts) {
    await standsAs(agency, "76,000.00");
    expect(new Set(sent.map(sealedIn)).size).toBe(1);
  }
});

test("after Back another price is another bid", async ({ as, scripts }) => {
  test.skip(!scripts, "without scripts there is no seal to go stale");
  const { agency } = await open(as, scripts, "樊川路");
  await pressed(agency, "78000");
  await standsAs(agency, "78,000.00");
  await agency.goBack();
  await live(agency);
  const second = await pressed(agency, "72000");
  expect(new URLSearchParams(second.postData() ?? "").has("price")).toBe(false);
  await standsAs(agency, "72,000.00");
  await agency.goBack();
  await agency.goForward();
  // The success has been told; what is proved stays.
  await isProven(agency, "72,000.00");
});

test("of two windows the second is told, keeps its price, and can replace", async ({ as, scripts, watch }) => {
  const { id, agency } = await open(as, scripts, "水镜路");
  const other = await agency.context().newPage();
  await visit(other, work.requirement(id));
  await pressed(agency, "78000");
  await expect(agency.getByText("报名成功")).toBeVisible();
  watch.announce(422);
  await pressed(other, "72000");
  await expect(other.getByText("这一次提交的没有采用")).toBeVisible();
  await live(other);
  await expect(field(other)).toHaveValue("72000");
  await other.getByRole("button", { name: "替换原报名" }).click();
  await expect(other.getByText("报名成功")).toBeVisible();
  if (scripts) await standsAs(other, "72,000.00");
  // The first window tells the truth when it is looked at again.
  await agency.reload();
  await expect(agency.getByText("后来被替换了")).toBeVisible();
  await expect(agency.getByText("报名成功")).toHaveCount(0);
});

test("the bid can be checked elsewhere by its voucher, and is sent nowhere", async ({ as, scripts, suits }) => {
  test.skip(!scripts, "only scripts can check");
  const { id, agency } = await open(as, scripts, "檀溪路");
  await pressed(agency, "71000");
  await standsAs(agency, "71,000.00");
  const sent: string[] = [];
  agency.on("request", (request) => sent.push(request.url()));
  await receipt(agency).getByText("再核对一次").click();
  const voucher = await agency.getByLabel("核对凭据", { exact: true }).inputValue();
  await agency.getByLabel("要核对的金额").fill("78000");
  await agency.getByRole("button", { name: "在本机核对" }).click();
  await expect(receipt(agency)).toContainText("不一致！用这份凭据核对，服务器上的密文不是 78,000.00 元");
  expect(sent).toEqual([]);

  const elsewhere = await as(cast(scripts).agency);
  await visit(elsewhere, work.requirement(id));
  await expect(receipt(elsewhere)).toContainText("本浏览器没有这份报价的核对凭据");
  await receipt(elsewhere).getByText("再核对一次").click();
  await elsewhere.getByLabel("要核对的金额").fill("\u202D7.1\uFE0F万\u2060");
  await elsewhere.getByLabel("核对凭据", { exact: true }).fill(voucher);
  await elsewhere.getByRole("button", { name: "在本机核对" }).click();
  await expect(receipt(elsewhere)).toContainText("一致。服务器上的密文就是您报的 71,000.00 元。");
  await suits(elsewhere);
});

for (const { what, breaks, before } of [
  { what: "no random numbers", breaks: 'crypto.getRandomValues = () => { throw new Error("none"); }', before: false },
  {
    what: "a form that cannot be changed any more",
    breaks: `const set = FormData.prototype.set;
      FormData.prototype.set = function (name, value) {
        if (name === "nonce") throw new Error("dead");
        set.call(this, name, value);
      };`,
    before: false,
  },
  { what: "no wasm", breaks: "delete window.WebAssembly;", before: true },
]) {
  test(`scripts that die half way leave the sealing to the server: ${what}`, async ({ as, scripts }) => {
    test.skip(!scripts, "only scripts die");
    const { id, agency } = await open(as, scripts, `岘山路${what.length}`);
    // A first bid was sealed in the browser; its ciphertext must not come back.
    const first = sealedIn(await pressed(agency, "78000"));
    await standsAs(agency, "78,000.00");
    if (before) {
      await agency.addInitScript(breaks);
      await agency.goto(work.requirement(id));
      await expect(agency.getByText("本页按不使用脚本的方式办理")).toBeVisible();
    } else {
      await agency.evaluate(breaks);
    }
    const sent = new URLSearchParams((await pressed(agency, "71000")).postData() ?? "");
    expect(sent.get("price")).toBe("71000");
    expect(sent.get("sealed_bid")).not.toBe(first);
    await expect(agency.getByText("报名成功")).toBeVisible();
    await expect(receipt(agency)).toContainText("已密封（服务器代为生成）");
    await expect(receipt(agency)).toContainText("请在截止前替换报名");
  });
}

test("a slip of the unit is noticed before it is sealed", async ({
  as,
  scripts,
  suits,
  watch,
}) => {
  const { agency } = await open(as, scripts, "鹿鸣路");
  const sent: Request[] = [];
  agency.on("request", (request) => {
    if (isSignUp(request)) sent.push(request);
  });
  await field(agency).fill("8.6");
  if (!scripts) watch.announce(422);
  await agency.getByRole("button", { name: "报名", exact: true }).click();
  await expect(agency.locator("#w-price")).toContainText("要报 86,000.00 元的，请写上“万”字");
  await expect(field(agency)).toHaveValue("8.6");
  if (scripts) expect(sent).toEqual([]);
  await suits(agency);
  // What nobody sees is no part of a price, in the browser as on the server.
  await field(agency).fill("\u202D８.6\uFE0F万\u2060\u2800");
  await agency.getByRole("button", { name: "报名", exact: true }).click();
  await expect(agency.getByText("报名成功")).toBeVisible();
  if (scripts) {
    await standsAs(agency, "86,000.00");
    expect([...new URLSearchParams(sent[0]?.postData() ?? "").keys()].sort()).toEqual([
      "nonce",
      "once",
      "replaces",
      "sealed_bid",
    ]);
  }
});
