// Numbers that are valid in form and belong to nobody, new each time.
import { randomInt } from "node:crypto";

const LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const INNER = [3, 7, 9, 10, 5, 8, 4, 2];
const OUTER = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join("");

const weighted = (text: string, weights: number[], value: (letter: string) => number): number =>
  [...text].reduce((sum, letter, i) => sum + value(letter) * (weights[i] ?? 0), 0);

/** A unified social credit code with both its check digits (GB 32100, GB 11714). */
export function uscc(): string {
  const body = `MA${digits(6)}`;
  const inner = 11 - (weighted(body, INNER, (letter) => Number.parseInt(letter, 36)) % 11);
  const first = `91420606${body}${inner === 10 ? "X" : inner === 11 ? "0" : inner}`;
  const outer = (31 - (weighted(first, OUTER, (letter) => LETTERS.indexOf(letter)) % 31)) % 31;
  return first + LETTERS[outer];
}

/** The same code with its last letter wrong. */
export function wrongUscc(): string {
  const code = uscc();
  const last = LETTERS.indexOf(code[17] ?? "0");
  return code.slice(0, 17) + LETTERS[(last + 1) % LETTERS.length];
}

/** A resident identity number with its check digit (GB 11643). */
export function idNumber(): string {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const two = (number: number) => String(number).padStart(2, "0");
  const first = `420606${1960 + randomInt(40)}${two(1 + randomInt(12))}${two(1 + randomInt(28))}${digits(3)}`;
  return first + "10X98765432"[weighted(first, weights, Number) % 11];
}

export const phone = (): string => `139${digits(8)}`;

/** Marks everything that a journey makes, so that the demo's own rows can be told from it. */
export const MARK = "巡检";

/** A name that no other journey uses: `巡检3f9a…`. */
export const named = (what: string): string => `${what}（${MARK}${digits(8)}）`;
