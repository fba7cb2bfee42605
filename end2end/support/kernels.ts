// What an old kernel makes of the stylesheet: rules, selectors and declarations that it does not know are dropped, as
// the CSS rules of error recovery say. What it knows is read from the compatibility data of MDN.
import bcd from "@mdn/browser-compat-data" with { type: "json" };
import * as css from "css-tree";

export type Kernel = { name: string; browser: "chrome" | "firefox"; version: number };

/** The oldest kernels that the pages must be usable on. */
export const KERNELS: Kernel[] = [
  { name: "Chromium 78", browser: "chrome", version: 78 },
  { name: "Firefox ESR 78", browser: "firefox", version: 78 },
];

export type Dropped = { kind: "rule" | "declaration" | "selector"; what: string; where: string; hasFallback: boolean };

type Data = { __compat?: { support: Record<string, unknown> }; [name: string]: unknown };
type Node = css.CssNode & { [field: string]: any };

const data = bcd.css as unknown as { properties: Data; selectors: Data; types: Data; "at-rules": Data };
const UNITS = "px em rem ex ch vh vw vmin vmax fr s ms deg rad turn pt pc mm cm in".split(" ");
/** Functions from before the data begins to tell them apart. */
const FUNCTIONS = "var calc rgb rgba hsl hsla url attr repeat minmax inset".split(" ");

function at(root: Data, ...names: string[]): Data | undefined {
  return names.reduce<Data | undefined>((found, name) => found?.[name] as Data | undefined, root);
}

/** Whether the kernel has it without a flag, a prefix or another name. What the data does not know is new. */
function has(kernel: Kernel, found: Data | undefined): boolean {
  const support = found?.__compat?.support[kernel.browser];
  const statements = (Array.isArray(support) ? support : [support]) as Record<string, unknown>[];
  return statements.some((statement) => {
    if (!statement || statement.flags || statement.prefix || statement.alternative_name) return false;
    const added = statement.version_added;
    if (added === true) return true;
    if (typeof added !== "string" || added === "preview") return false;
    return Number.parseFloat(added.replace("≤", "")) <= kernel.version;
  });
}

function knowsFunction(kernel: Kernel, name: string): boolean {
  if (FUNCTIONS.includes(name)) return true;
  return [at(data.types, name), at(data.types, "color", name), at(data.types, "length", name)].some((found) => has(kernel, found));
}

function knowsDeclaration(kernel: Kernel, declaration: Node): boolean {
  const property: string = declaration.property;
  if (property.startsWith("--")) return true;
  const known = at(data.properties, property);
  if (!has(kernel, known)) return false;
  let knows = true;
  css.walk(declaration.value, (node: Node) => {
    if (node.type === "Function") knows &&= knowsFunction(kernel, node.name);
    if (node.type === "Dimension") knows &&= UNITS.includes(node.unit);
    if (node.type === "Identifier") {
      const keyword = at(known!, node.name);
      if (keyword?.__compat) knows &&= has(kernel, keyword);
    }
  });
  return knows;
}

function knowsSelector(kernel: Kernel, selector: Node): boolean {
  let knows = true;
  css.walk(selector, (node: Node) => {
    if (node.type === "NestingSelector") knows = false;
    if (node.type !== "PseudoClassSelector" && node.type !== "PseudoElementSelector") return;
    knows &&= has(kernel, at(data.selectors, node.name));
    const inside = node.children?.first as Node | undefined;
    if (node.name === "not" && inside?.type === "SelectorList" && inside.children.size > 1)
      knows &&= has(kernel, at(data.selectors, "not", "selector_list"));
  });
  return knows;
}

/** What the kernel answers to `@supports`: `(property: value)`, `selector(…)`, and `not` before either. */
function supports(kernel: Kernel, prelude: string): boolean {
  const negated = /^not\s+(.*)$/s.exec(prelude.trim());
  if (negated) return !supports(kernel, negated[1]!);
  const selector = /^selector\((.*)\)$/s.exec(prelude.trim());
  if (selector) {
    if (!has(kernel, at(data["at-rules"], "supports", "selector"))) return false;
    return knowsSelector(kernel, css.parse(selector[1]!, { context: "selector" }) as Node);
  }
  const declaration = /^\((.*)\)$/s.exec(prelude.trim());
  if (!declaration) throw new Error(`@supports ${prelude} is not understood here`);
  return knowsDeclaration(kernel, css.parse(declaration[1]!, { context: "declaration" }) as Node);
}

/** Whether the kernel looks into an at-rule at all. */
function enters(kernel: Kernel, rule: Node): boolean {
  const prelude = rule.prelude ? css.generate(rule.prelude) : "";
  if (rule.name === "supports") return has(kernel, at(data["at-rules"], "supports")) && supports(kernel, prelude);
  if (rule.name === "media" && /[<>]/.test(prelude)) return has(kernel, at(data["at-rules"], "media", "range_syntax"));
  return has(kernel, at(data["at-rules"], rule.name));
}

/** The stylesheet as the kernel has it, and what it dropped. */
export function as(kernel: Kernel, source: string): { style: string; dropped: Dropped[] } {
  const dropped: Dropped[] = [];
  const tree = css.parse(source, { positions: true }) as Node;
  css.walk(tree, {
    enter(node: Node, item: any, list: any) {
      const where = node.loc ? `line ${node.loc.start.line}` : "";
      if (node.type === "Atrule" && !enters(kernel, node)) {
        // Questions are asked to be answered either way.
        if (node.name !== "supports") dropped.push({ kind: "rule", what: `@${node.name}`, where, hasFallback: false });
        list.remove(item);
        return css.walk.skip;
      }
      if (node.type === "Atrule" && node.name === "supports" && node.block) list.replace(item, node.block.children);
      if (node.type === "Rule" && node.prelude.type === "SelectorList") {
        const unknown = node.prelude.children.toArray().find((selector: Node) => !knowsSelector(kernel, selector));
        if (unknown) {
          dropped.push({ kind: "selector", what: css.generate(unknown), where, hasFallback: false });
          list.remove(item);
          return css.walk.skip;
        }
      }
      if (node.type === "Raw" && list) throw new Error(`${where} cannot be read: ${css.generate(node)}`);
      if (node.type === "Declaration" && list && !knowsDeclaration(kernel, node)) {
        const before = list.toArray().slice(0, list.toArray().indexOf(node)) as Node[];
        const hasFallback = before.some((other) => other.type === "Declaration" && other.property === node.property);
        dropped.push({ kind: "declaration", what: css.generate(node), where, hasFallback });
        list.remove(item);
      }
    },
  });
  return { style: css.generate(tree), dropped };
}
