// An address for every page: fixed ones, and ones that are found as people find them, by following a link.
import { type Page } from "@playwright/test";
import { visit } from "./fixture.ts";
import { MARK } from "./numbers.ts";

export interface Place {
  /** The route that the address belongs to. */
  route: string;
  /** What is special about this page of the route. */
  what?: string;
  find: (page: Page) => Promise<string>;
}

const at =
  (address: string): Place["find"] =>
  async () =>
    address;

const UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";

/**
 * The links of a list that stand in rows with a text. Only the demo's own rows count: what journeys make may change
 * under one's feet.
 */
async function links(page: Page, row: string): Promise<string[]> {
  const rows = page.locator("tr, li").filter({ hasText: row, hasNotText: MARK });
  return rows.locator("a").evaluateAll((all) => all.map((link) => link.getAttribute("href") ?? ""));
}

/** The first link of a list that fits, on whichever of its pages. `then` is put behind it. */
const linked =
  (list: string, pattern: string, row = "", then = ""): Place["find"] =>
  async (page) => {
    await visit(page, list);
    const address = new RegExp(`^${pattern.replace("ID", UUID)}$`);
    for (;;) {
      const found = (await links(page, row)).find((link) => address.test(link));
      if (found !== undefined) return `${found}${then}`;
      const further = page.getByRole("link", { name: "下一页 →" });
      if ((await further.count()) === 0) throw new Error(`no link to ${pattern} with “${row}” on ${list}`);
      await visit(page, (await further.getAttribute("href")) ?? "");
    }
  };

const fixed = (route: string): Place => ({ route, find: at(route) });

/** What everybody may see. */
export const PUBLIC: Place[] = [
  ...["/", "/items", "/agencies", "/owners", "/requirements", "/notices", "/awards", "/draws", "/contracts"].map(fixed),
  ...["/credit", "/policies", "/ledger", "/search", "/help", "/site-map", "/verify", "/sign-in", "/register"].map(fixed),
  { route: "/items/{code}", find: at("/items/ZJ-HJ-002") },
  { route: "/agencies/{uscc}", find: linked("/agencies?sort=rating", "/agencies/[0-9A-Z]{18}") },
  { route: "/owners/{uscc}", find: linked("/owners", "/owners/[0-9A-Z]{18}") },
  { route: "/requirements/{id}", what: "open", find: linked("/requirements?state=published", "/requirements/ID") },
  {
    route: "/requirements/{id}",
    what: "open, by price",
    find: linked("/requirements?state=published&method=lowest_price", "/requirements/ID"),
  },
  { route: "/requirements/{id}", what: "drawn", find: linked("/requirements?state=awarded&method=random", "/requirements/ID") },
  {
    route: "/requirements/{id}",
    what: "bids opened",
    find: linked("/requirements?state=awarded&method=lowest_price", "/requirements/ID"),
  },
  { route: "/requirements/{id}", what: "failed", find: linked("/requirements?state=failed", "/requirements/ID") },
  { route: "/notices/{id}", what: "requirement", find: linked("/notices?kind=requirement", "/notices/ID") },
  { route: "/notices/{id}", what: "result", find: linked("/notices?kind=result", "/notices/ID") },
  { route: "/awards/{id}", what: "issued", find: linked("/awards", "/awards/ID", "已发中选通知书") },
  { route: "/awards/{id}", what: "given up", find: linked("/awards", "/awards/ID", "已放弃") },
  { route: "/awards/{id}/notice", find: linked("/awards", "/awards/ID", "已发中选通知书", "/notice") },
  { route: "/verify/{award_no}", what: "unknown", find: at("/verify/ZX420606202601010001-1") },
  { route: "/draws/{id}", find: linked("/draws", "/draws/ID") },
  { route: "/contracts/{id}", what: "completed", find: linked("/contracts?state=completed", "/contracts/ID") },
  { route: "/contracts/{id}", what: "under way", find: linked("/contracts?state=performing", "/contracts/ID") },
  { route: "/policies/{name}", find: linked("/policies", "/policies/.+") },
  { route: "/ledger/{position}", find: at("/ledger/1") },
  { route: "/search", what: "hits", find: at("/search?q=环境") },
  { route: "/search", what: "no hits", find: at("/search?q=qqqqqq") },
  { route: "/agencies", what: "filtered to nothing", find: at("/agencies?q=qqqqqq") },
];

/** What each role sees, by the login of somebody in it. */
export const DESKS: Record<string, Place[]> = {
  "demo.owner": [
    ...["/desk", "/desk/requirements", "/desk/contracts", "/desk/trustees", "/desk/registration"].map(fixed),
    ...["/requirements/new", "/account", "/register", "/register/owner", "/register/agency"].map(fixed),
    { route: "/requirements/{id}", what: "own", find: linked("/desk/requirements", "/requirements/ID", "待发布") },
    { route: "/requirements/{id}/edit", find: linked("/desk/requirements", "/requirements/ID", "草稿", "/edit") },
    { route: "/awards/{id}/contract", find: linked("/desk", "/awards/ID/contract") },
    { route: "/contracts/{id}", what: "to complete", find: linked("/desk/contracts?state=accepted", "/contracts/ID") },
  ],
  owner01: [
    { route: "/desk", what: "somebody must be chosen", find: at("/desk") },
    { route: "/requirements/{id}/choose", find: linked("/desk/requirements", "/requirements/ID", "业主选定中", "/choose") },
  ],
  "demo.trustee": ["/desk", "/desk/requirements", "/desk/contracts", "/account"].map(fixed),
  "demo.agency": [
    ...["/desk", "/desk/dossier", "/desk/sign-ups", "/desk/contracts", "/account", "/account/messages", "/messages"].map(fixed),
    { route: "/messages/{id}", find: linked("/messages", "/messages/ID") },
    {
      route: "/requirements/{id}",
      what: "as an agency",
      find: linked("/requirements?state=published", "/requirements/ID"),
    },
  ],
  "demo.auditor": [
    ...["/desk", "/desk/checks", "/desk/audits", "/desk/publications", "/desk/jobs", "/desk/journal"].map(fixed),
    fixed("/desk/messages"),
    { route: "/desk/effects/{id}", find: linked("/desk/jobs?lane=effects", "/desk/effects/ID") },
    { route: "/desk/checks/owners/{id}", find: linked("/desk/checks", "/desk/checks/owners/ID") },
    { route: "/desk/checks/agencies/{id}", find: linked("/desk/checks", "/desk/checks/agencies/ID") },
    { route: "/desk/editions/{id}", what: "to audit", find: linked("/desk/audits", "/desk/editions/ID") },
  ],
  "demo.publisher": [
    fixed("/desk"),
    { route: "/desk/editions/{id}", what: "to publish", find: linked("/desk/publications", "/desk/editions/ID") },
  ],
  "demo.clerk": [
    ...["/desk", "/desk/vettings"].map(fixed),
    { route: "/desk/vettings/{id}", what: "to opine", find: linked("/desk/vettings", "/desk/vettings/ID", "待经办") },
  ],
  "demo.checker": [
    ...["/desk", "/desk/vettings"].map(fixed),
    { route: "/desk/vettings/{id}", what: "to decide", find: linked("/desk/vettings", "/desk/vettings/ID", "待复核") },
  ],
  "demo.supervisor": ["/desk", "/desk/journal"].map(fixed),
};
