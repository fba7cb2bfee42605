// Who may not, cannot: not by an address, not by a form, and without learning what there is.
import { type Page } from "@playwright/test";
import { PASSWORD, expect, test, visit } from "../support/fixture.ts";
import { OPEN, ROUTES, anyAddress } from "../support/routes.ts";

/** What an agency may ask for; the permit table of the market says the same. */
const AGENCY = [...OPEN, "OwnAccount", "OpenDesk", "WriteDossier", "SignUp", "AnswerAward", "DeliverWork", "KeepContract", "NameAdministrator"];

const closed = ROUTES.filter(({ action }) => !OPEN.includes(action));

async function status(page: Page, verb: string, path: string): Promise<number> {
  const answer = await page.request.fetch(path, { method: verb, maxRedirects: 0 });
  return answer.status();
}

/** The address of the first link of a page that fits. */
async function linkOn(page: Page, list: string, pattern: RegExp, row = ""): Promise<string> {
  await visit(page, list);
  const links = await page
    .getByRole("row")
    .filter({ hasText: row })
    .locator("a")
    .evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
  const found = links.find((link) => pattern.test(link));
  if (found === undefined) throw new Error(`no link like ${pattern} on ${list}`);
  return found;
}

test("nobody is sent to sign in, and then to where one wanted to go", async ({ page }) => {
  for (const route of closed.filter(({ verb }) => verb === "get")) {
    const path = anyAddress(route);
    const answer = await page.request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    const to = new URL(answer.headers()["location"] ?? "", "http://localhost");
    expect([to.pathname, to.searchParams.get("to")], path).toEqual(["/sign-in", path]);
  }
  await page.goto("/desk/sign-ups");
  await expect(page).toHaveURL(/\/sign-in\?to=/);
  await page.getByLabel("登录名").fill("agency20");
  await page.getByLabel("密码").fill(PASSWORD);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await expect(page).toHaveURL(/\/desk\/sign-ups$/);
});

test("nobody can post what is not for everybody", async ({ page }) => {
  for (const route of closed.filter(({ verb }) => verb === "post")) {
    expect(await status(page, "POST", anyAddress(route)), route.path).toBe(401);
  }
});

test("an agency gets neither at the desks of others nor at their forms", async ({ as, suits, watch }) => {
  const agency = await as("agency21");
  for (const route of closed.filter(({ action }) => !AGENCY.includes(action))) {
    expect(await status(agency, route.verb.toUpperCase(), anyAddress(route)), `${route.verb} ${route.path}`).toBe(403);
  }
  watch.announce(403);
  await visit(agency, "/desk/audits");
  await expect(agency.getByRole("heading", { level: 1 })).toHaveText("当前的单位或角色不能办理这件事");
  await suits(agency);
  await agency.getByRole("link", { name: "回到工作台" }).click();
  await expect(agency).toHaveURL(/\/desk$/);
});

test("what belongs to others is not there", async ({ as, watch }) => {
  const demoOwner = await as("demo.owner");
  const draft = await linkOn(demoOwner, "/desk/requirements", /^\/requirements\/[0-9a-f-]{36}$/, "草稿");
  const pendingOwner = await as("owner06");
  const pending = await linkOn(pendingOwner, "/desk/contracts?state=pending_confirm", /^\/contracts\//);
  await visit(pendingOwner, pending);
  const scan = await pendingOwner.getByRole("link", { name: "下载扫描件" }).getAttribute("href");
  expect(await status(pendingOwner, "GET", scan ?? "")).toBe(200);
  const clerk = await as("demo.clerk");
  const vetting = await linkOn(clerk, "/desk/vettings", /^\/desk\/vettings\//);

  const owner = await as("owner09");
  for (const path of [draft, `${draft}/edit`, `${draft}/choose`, pending, scan ?? ""]) {
    expect(await status(owner, "GET", path), path).toBe(404);
  }
  for (const path of [`${draft}/draft`, `${draft}/submit`, `${draft}/drop`, `${draft}/correct`, `${pending}/accept`]) {
    expect(await status(owner, "POST", path), path).toBe(404);
  }
  const agency = await as("agency22");
  for (const path of [draft, pending, scan ?? ""]) expect(await status(agency, "GET", path), path).toBe(404);
  for (const path of [`${draft}/sign-up`, `${pending}/confirm`, `${pending}/deliver`, `${pending}/reply`]) {
    expect(await status(agency, "POST", path), path).toBe(404);
  }
  // A clerk of another department, who serves several and has to choose one.
  const other = await as("clerk.two");
  const desks = other.locator("#mandates li").filter({ hasText: "主管部门经办" });
  await desks.first().getByRole("button", { name: "切换到此身份" }).click();
  await expect(other).toHaveURL(/\/desk$/);
  expect(await status(other, "GET", vetting)).toBe(404);
  expect(await status(other, "POST", `${vetting}/opinion`)).toBe(404);

  watch.announce(404);
  await visit(owner, draft);
  await expect(owner.getByRole("heading", { level: 1 })).toHaveText("没有找到这个页面");
});

test("nobody signs up in the name of the award's winner, or confirms for it", async ({ as, page }) => {
  await visit(page, "/awards");
  const award = await linkOn(page, "/awards", /^\/awards\/[0-9a-f-]{36}$/);
  const agency = await as("agency23");
  for (const path of [`${award}/confirm`, `${award}/decline`]) {
    expect(await status(agency, "POST", path), path).toBe(404);
  }
  expect(await status(agency, "GET", `${award}/contract`)).toBe(404);
});

test("a form from another site is refused, whoever is signed in", async ({ as }) => {
  const agency = await as("agency24");
  const answer = await agency.request.post("/sign-out", { headers: { origin: "https://elsewhere.example" } });
  expect(answer.status()).toBe(403);
  await visit(agency, "/desk");
  await expect(agency.getByRole("heading", { level: 1 })).toHaveText("等我办的事");
});

test("who signs out is out", async ({ as }) => {
  const agency = await as("agency25");
  const cookies = await agency.context().cookies();
  await agency.locator("header summary").click();
  await agency.getByRole("button", { name: "退出登录" }).click();
  await expect(agency.getByRole("link", { name: "登录", exact: true })).toBeVisible();
  // A copy of the old cookie opens nothing either.
  await agency.context().addCookies(cookies);
  await agency.goto("/desk");
  await expect(agency).toHaveURL(/\/sign-in/);
});
