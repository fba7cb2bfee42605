// The market's own table of routes, read from its source: what is added there cannot be forgotten here.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";

export interface Route {
  verb: "get" | "post";
  path: string;
  /** Whom the route is for, as the permit table calls it. */
  action: string;
}

const source = (name: string): string => readFileSync(new URL(`../../app/src/routes/${name}.rs`, import.meta.url), "utf8");

const written = [...source("table").matchAll(/\b(get|post)!\(\s*"([^"]+)",\s*(\w+),/g)].map(
  ([, verb, path, action]) => ({ verb, path, action }) as Route,
);

/** Of each list, as files of its rows. */
const files = [...source("files").matchAll(/\blist!\(\s*"([^"]+)",\s*(\w+),/g)].flatMap(([, path, action]) =>
  ["csv", "xlsx", "json"].map((ending) => ({ verb: "get", path: `${path}.${ending}`, action }) as Route),
);

export const ROUTES: Route[] = [...written, ...files];

/** For everybody, signed in or not. */
export const OPEN = ["ViewPublic", "Enter"];

/** Pages, as opposed to files and open data. */
export const PAGES = ROUTES.filter(
  ({ verb, path }) => verb === "get" && !/\.(csv|xlsx|svg|json)$|^\/api\/|^\/files\//.test(path),
);

/** An address of the route; its variables name nothing that there is. */
export const anyAddress = ({ path }: Route): string => path.replace(/\{\w+\}/g, () => randomUUID());
