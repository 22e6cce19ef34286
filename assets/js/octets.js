// Sizes as people read them, in steps of a thousand: "12 ko", "1,4 Mo"; "12 kB", "1.4 MB" in English.
const STEPS = [
  [999_500_000, 1_000_000_000, "gigabyte", 1],
  [999_500, 1_000_000, "megabyte", 1],
  [0, 1000, "kilobyte", 0],
];

export function octets(bytes) {
  const [, unit, name, digits] = STEPS.find(([least]) => bytes >= least);
  const style = { style: "unit", unit: name, maximumFractionDigits: digits };
  // Nothing but an empty file has no size.
  const value = digits || !bytes ? bytes / unit : Math.max(1, bytes / unit);
  return value.toLocaleString(document.documentElement.lang, style);
}
