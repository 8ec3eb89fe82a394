"use strict";

// The browser's library in a page of another origin: its own settings, its short paths, CORS with preflight.
const fs = require("fs");
const path = require("path");
const { JSDOM } = require("jsdom");

const [url, writeKey, who, at, views] = process.argv.slice(2);

async function main() {
  const dom = new JSDOM("<!doctype html><title>Shop</title>", {
    url: "http://shop.example/cart",
    runScripts: "outside-only",
    pretendToBeVisual: true,
  });
  const script = path.join(path.dirname(require.resolve("@segment/analytics-next/package.json")), "dist/umd/index.js");
  dom.window.eval(fs.readFileSync(script, "utf8"));
  const { AnalyticsBrowser } = dom.window.AnalyticsNext;
  const [analytics] = await AnalyticsBrowser.load({ writeKey, cdnURL: url });
  analytics.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  const delivered = [];
  const options = { timestamp: at };
  analytics.setAnonymousId(`${who}-a`);
  delivered.push(await analytics.identify(who, { email: `${who}@shop.org`, plan: "pro" }, options));
  const context = { consent: { categoryPreferences: { Advertising: false } }, device: { id: `${who}-d` } };
  delivered.push(await analytics.track("Order Completed", { total: 12.5 }, { ...options, context }));
  delivered.push(await analytics.page(undefined, "Home", {}, options));
  delivered.push(await analytics.screen(undefined, "Cart", {}, options));
  delivered.push(await analytics.group(`${who}-g`, { name: "Acme" }, options));
  delivered.push(await analytics.alias(who, `${who}-b`, options));
  for (let view = 0; view < Number(views); view += 1) {
    delivered.push(analytics.track("Viewed", { view }, options));
  }
  for (const context of await Promise.all(delivered)) {
    if (context.failedDelivery()) {
      console.error(context.failedDelivery());
      process.exitCode = 1;
    }
  }
  dom.window.close();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
