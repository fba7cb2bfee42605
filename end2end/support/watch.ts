// Watches everything that a browser does during a test. What a person would not see fails the test all the same.
import type { BrowserContext } from "@playwright/test";

const LOADING = /the server responded with a status of (\d{3})/;

export class Watch {
  private readonly found: string[] = [];
  private readonly loading: { status: number; text: string }[] = [];
  private readonly awaited: number[] = [];
  private readonly answered = new Set<number>();

  constructor(private readonly scripts: boolean) {}

  /** Begins to watch every page of a context, also those that open later. */
  over(context: BrowserContext): void {
    context.on("console", (message) => {
      if (message.type() !== "error") return;
      const status = LOADING.exec(message.text())?.[1];
      const text = `console: ${message.text()} at ${message.location().url}`;
      if (status === undefined) this.found.push(text);
      else this.loading.push({ status: Number(status), text });
    });
    context.on("weberror", (error) => this.found.push(`page error: ${error.error().stack ?? error.error().message}`));
    context.on("dialog", (dialog) => {
      this.found.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    context.on("response", (response) => {
      const status = response.status();
      if (status < 400) return;
      const place = this.awaited.indexOf(status);
      if (place >= 0) {
        this.awaited.splice(place, 1);
        this.answered.add(status);
      } else {
        this.found.push(`${status} from ${response.request().method()} ${response.url()}`);
      }
    });
    context.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      // A page that is left, or becomes a download, stops what it was loading.
      if (why === "net::ERR_ABORTED") return;
      // A browser without scripts refuses to load one ahead, and names its policy as the reason.
      if (why === "csp" && !this.scripts && request.resourceType() === "script") return;
      this.found.push(`${why} for ${request.method()} ${request.url()}`);
    });
  }

  /** Announces answers that a test provokes on purpose. Each must come, once. */
  announce(...statuses: number[]): void {
    this.awaited.push(...statuses);
  }

  /** Everything that should not have been, and everything that should have been and was not. */
  problems(): string[] {
    const loading = this.loading.filter(({ status }) => !this.answered.has(status)).map(({ text }) => text);
    return [...this.found, ...loading, ...this.awaited.map((status) => `an announced ${status} did not come`)];
  }
}
