"use strict";

const { Analytics } = require("@segment/analytics-node");

const [url, writeKey, who, at, views] = process.argv.slice(2);

async function main() {
  const analytics = new Analytics({ writeKey, host: url, flushAt: 10 });
  analytics.on("error", (error) => {
    console.error(error);
    process.exitCode = 1;
  });
  const common = { userId: who, timestamp: at };
  analytics.identify({ ...common, anonymousId: `${who}-a`, traits: { email: `${who}@shop.org`, plan: "pro" } });
  const context = { consent: { categoryPreferences: { Advertising: false } }, device: { id: `${who}-d` } };
  analytics.track({ ...common, event: "Order Completed", properties: { total: 12.5 }, context });
  analytics.page({ ...common, name: "Home" });
  analytics.screen({ ...common, name: "Cart" });
  analytics.group({ ...common, groupId: `${who}-g`, traits: { name: "Acme" } });
  analytics.alias({ ...common, previousId: `${who}-b` });
  for (let view = 0; view < Number(views); view += 1) {
    analytics.track({ ...common, event: "Viewed", properties: { view } });
  }
  await analytics.closeAndFlush();
}

main();
