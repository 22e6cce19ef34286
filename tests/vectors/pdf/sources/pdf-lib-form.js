const fs = require("fs");
const { PDFDocument } = require("pdf-lib");
(async () => {
  const document = await PDFDocument.create();
  const page = document.addPage([595, 842]);
  page.drawText("Lettre de mission");
  const form = document.getForm();
  const amount = form.createTextField("Montant");
  amount.setText("1200");
  amount.addToPage(page, { x: 60, y: 600, width: 200, height: 30 });
  form.createCheckBox("Accord").addToPage(page, { x: 60, y: 540 });
  fs.writeFileSync("pdf-lib-form.pdf", await document.save());
})();
