// Unpacks the browser of an npm package, and prints where its program is.
require("@sparticuz/chromium").executablePath().then(console.log);
