const fs = require("fs");
const PDFDocument = require("pdfkit");
const document = new PDFDocument({ lang: "fr", tagged: true, pdfVersion: "1.7", displayTitle: true, info: { Title: "Lettre" } });
document.pipe(fs.createWriteStream("pdfkit-tagged.pdf"));
document.text("Lettre de mission");
document.addPage().text("Page 2");
document.end();
