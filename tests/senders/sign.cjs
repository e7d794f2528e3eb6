// The senders sign here: with their own published code where there is a package, else by their documented algorithm in
// another language than ours. One JSON object a line in, its headers (and the body as it is sent) a line out.
globalThis.crypto ??= require("node:crypto").webcrypto; // Node 18 needs it for @sanity/webhook
const { createHmac } = require("node:crypto");
const readline = require("node:readline");
const packages = process.argv[2];
const load = (name) => require(require.resolve(name, { paths: [packages] }));

const hmac = (algorithm, secret, text) => createHmac(algorithm, secret).update(text).digest("hex");
const json = { "content-type": "application/json" };

// PHP's json_encode, and Drupal's JsonEncoder, which adds JSON_HEX_TAG | JSON_HEX_APOS | JSON_HEX_AMP | JSON_HEX_QUOT.
const escape = (text) =>
  text.replace(/\//g, "\\/").replace(/[\u0080-\uffff]/g, (c) => "\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
const hex = (text) =>
  text.replace(/\\"/g, "\\u0022").replace(/[<>&']/g, (c) => "\\u00" + c.charCodeAt(0).toString(16).toUpperCase());

const senders = {
  standardwebhooks({ secret, id, ms, body }) {
    const { Webhook } = load("standardwebhooks");
    return { ...json, "webhook-id": id, "webhook-timestamp": String(Math.floor(ms / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, new Date(ms), body) };
  },
  svix({ secret, id, ms, body }) {
    const { Webhook } = load("svix");
    return { ...json, "webhook-id": id, "webhook-timestamp": String(Math.floor(ms / 1000)),
      "webhook-signature": new Webhook(secret).sign(id, new Date(ms), body) };
  },
  contentful({ secret, ms, body, path, headers }) {
    const { signRequest } = load("@contentful/node-apps-toolkit");
    const signed = signRequest(secret, { method: "POST", path, headers, body }, ms);
    return { "content-type": "application/vnd.contentful.management.v1+json", ...headers, ...signed };
  },
  async sanity({ secret, ms, body, headers }) {
    const { encodeSignatureHeader, SIGNATURE_HEADER_NAME } = load("@sanity/webhook");
    return { ...json, ...headers, [SIGNATURE_HEADER_NAME]: await encodeSignatureHeader(body, ms, secret) };
  },
  // Ghost: ghost/core/server/services/webhooks/webhook-trigger.js
  ghost: ({ secret, ms, body }) => ({ ...json, "x-ghost-signature": `sha256=${hmac("sha256", secret, `${body}${ms}`)}, t=${ms}` }),
  "ghost-old": ({ secret, ms, body }) => ({ ...json, "x-ghost-signature": `sha256=${hmac("sha256", secret, body)}, t=${ms}` }),
  // Simple Outbound Webhooks for WordPress
  sow({ secret, ms, body }) {
    const time = String(Math.floor(ms / 1000));
    return { ...json, "x-sow-timestamp": time, "x-sow-signature": `sha256=${hmac("sha256", secret, `${time}.${body}`)}` };
  },
  bearer: ({ secret }) => ({ ...json, authorization: `Bearer ${secret}` }),
  form: () => ({ "content-type": "application/x-www-form-urlencoded" }),
  basic: ({ secret }) => ({ ...json, authorization: `Basic ${Buffer.from(`copydesk:${secret}`).toString("base64")}` }),
  drupal({ secret, body, headers }) {
    let encoded = body; // what is no JSON goes out as it is
    try { encoded = escape(JSON.stringify(JSON.parse(body))); } catch {}
    return { ...json, ...headers, "x-hub-signature": `sha1=${hmac("sha1", secret, encoded)}`, body: hex(encoded) };
  },
  superdesk: ({ secret, body }) => ({ ...json, "x-superdesk-signature": `sha1=${hmac("sha1", secret, body)}` }),
  websked: ({ secret, body }) => ({ ...json, "x-websked-signature": hmac("sha256", secret, body) }),
  storyblok: ({ secret, body }) => ({ ...json, "webhook-signature": hmac("sha1", secret, body) }),
  prismic: () => json, // its secret is in the body
  github: ({ secret, body, headers }) => ({ ...json, ...headers, "x-hub-signature-256": `sha256=${hmac("sha256", secret, body)}` }),
  stripe({ secret, ms, body }) {
    const time = String(Math.floor(ms / 1000));
    return { ...json, "stripe-signature": `t=${time},v1=${hmac("sha256", secret, `${time}.${body}`)}` };
  },
};

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const asked = JSON.parse(line);
  try {
    console.log(JSON.stringify(await senders[asked.sender]({ headers: {}, ...asked })));
  } catch (error) {
    console.log(JSON.stringify({ error: String(error) })); // the sender's own code would not sign this
  }
});
