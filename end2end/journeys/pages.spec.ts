// Every page opens without an error, suits everybody, and fits a phone.
import { type Page } from "@playwright/test";
import { expect, test, visit } from "../support/fixture.ts";
import { DESKS, PUBLIC, type Place } from "../support/places.ts";
import { OPEN, PAGES, ROUTES } from "../support/routes.ts";

/** One level-one heading, a title of its own, and what `suits` checks. */
async function isSound(page: Page, suits: (page: Page) => Promise<void>): Promise<void> {
  await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
  await expect(page).toHaveTitle(/^\S.* · .+$/);
  await suits(page);
}

const title = ({ route, what }: Place) => (what === undefined ? route : `${route} (${what})`);

test.describe("for everybody", () => {
  for (const place of PUBLIC) {
    test(title(place), async ({ page, suits }) => {
      await visit(page, await place.find(page));
      await isSound(page, suits);
    });
  }

  test("a page that is not there", async ({ page, suits, watch }) => {
    watch.announce(404);
    await visit(page, "/nowhere");
    await isSound(page, suits);
    await page.getByRole("link", { name: "回到首页" }).click();
    await expect(page).toHaveURL(/\/$/);
  });
});

test.describe("behind sign-in", () => {
  for (const [login, places] of Object.entries(DESKS)) {
    test(`${login}: ${places.length} pages`, async ({ as, suits }) => {
      test.setTimeout(30_000 + places.length * 20_000);
      const page = await as(login);
      for (const place of places) {
        await test.step(title(place), async () => {
          const address = await place.find(page);
          await visit(page, address);
          // A redirect would mean that another page is looked at.
          expect(decodeURI(new URL(page.url()).pathname)).toBe(address.replace(/[?#].*/, ""));
          await isSound(page, suits);
        });
      }
    });
  }
});

test("no page of the market's table of routes is left out", () => {
  // A kept form has a page while it is kept: kept.spec.ts.
  const seen = ["/kept/{form}", ...[...PUBLIC, ...Object.values(DESKS).flat()].map(({ route }) => route)];
  expect(PAGES.map(({ path }) => path).filter((path) => !seen.includes(path))).toEqual([]);
});

test("open data and files for spreadsheets are answered", async ({ request }) => {
  const open = ROUTES.filter(
    ({ verb, path, action }) =>
      verb === "get" && OPEN.includes(action) && /^[^{]*(\.csv|\.xlsx|\.json|\/api\/[^{]*)$/.test(path),
  );
  expect(open.length).toBeGreaterThan(30);
  for (const { path } of open) {
    const answer = await request.get(path);
    expect(answer.status(), path).toBe(200);
    const kinds = { csv: /^text\/csv/, xlsx: /^application\/vnd\.openxml/, json: /^application\/json/ };
    const kind = kinds[path.split(".")[1] as keyof typeof kinds] ?? kinds.json;
    expect(answer.headers()["content-type"], path).toMatch(kind);
    expect((await answer.text()).length, path).toBeGreaterThan(2);
  }
});
