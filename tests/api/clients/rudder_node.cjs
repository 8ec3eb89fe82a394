"use strict";

const Analytics = require("@rudderstack/rudder-sdk-node");

const [url, writeKey, who, at, views] = process.argv.slice(2);

async function main() {
  const analytics = new Analytics(writeKey, { dataPlaneUrl: url, flushAt: 10, flushInterval: 50, logLevel: "error" });
  const sent = [];
  const send = (type, message) => {
    const whole = { userId: who, timestamp: new Date(at), ...message };
    sent.push(
      new Promise((resolve, reject) => {
        analytics[type](whole, (error) => (error ? reject(error) : resolve()));
      }),
    );
  };
  send("identify", { anonymousId: `${who}-a`, traits: { email: `${who}@shop.org`, plan: "pro" } });
  const context = { consent: { categoryPreferences: { Advertising: false } }, device: { id: `${who}-d` } };
  send("track", { event: "Order Completed", properties: { total: 12.5 }, context });
  send("page", { name: "Home" });
  send("screen", { name: "Cart" });
  send("group", { groupId: `${who}-g`, traits: { name: "Acme" } });
  send("alias", { previousId: `${who}-b` });
  for (let view = 0; view < Number(views); view += 1) {
    send("track", { event: "Viewed", properties: { view } });
  }
  await Promise.all(sent);
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
