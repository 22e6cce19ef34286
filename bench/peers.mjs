// Signers of the npm registry, measured in a process of their own: node peers.mjs NAME FOLDER P12 PASSWORD.
// Prints {"documents", "cpu"}: CPU seconds of the second of two passes over the folder.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [name, folder, p12, password] = process.argv.slice(2);
const key = readFileSync(p12);

async function libpdf() {
  const { PDF, P12Signer } = await import("@libpdf/core");
  const signer = await P12Signer.create(key, password);
  return async (data) => {
    const pdf = await PDF.load(data);
    return (await pdf.sign({ signer, level: "B-B" })).bytes;
  };
}

async function signpdf() {
  const { plainAddPlaceholder } = await import("@signpdf/placeholder-plain");
  const { P12Signer } = await import("@signpdf/signer-p12");
  const { SignPdf } = await import("@signpdf/signpdf");
  const signer = new P12Signer(key, { passphrase: password });
  return async (data) => {
    const prepared = plainAddPlaceholder({
      pdfBuffer: data, reason: "", contactInfo: "", name: "Seal", location: "", subFilter: "ETSI.CAdES.detached",
    });
    return await new SignPdf().sign(prepared, signer);
  };
}

const sign = await { libpdf, signpdf }[name]();
const documents = readdirSync(folder).sort().map((one) => readFileSync(join(folder, one)));
// What a signer does not take (cross-reference streams, for one) is not counted for it.
const taken = [];
let refusal;
for (const data of documents) {
  try {
    if ((await sign(data)).length > data.length) taken.push(data);
  } catch (error) {
    refusal = error;
  }
}
if (!taken.length) throw refusal ?? new Error("nothing was signed");
const begin = process.cpuUsage();
for (const data of taken) await sign(data);
const used = process.cpuUsage(begin);
console.log(JSON.stringify({ documents: taken.length, cpu: (used.user + used.system) / 1e6 }));
