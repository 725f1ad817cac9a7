// What a page would show, for tests that decide without one: every line of the preview, in order.

export function textOfPreview(question, preview) {
  const lines = [`${question.sender.name} -> ${question.recipient.name}: ${question.rules.name.nl}`];
  for (const { category, entries } of preview?.categories ?? []) {
    for (const { number, withheld, fields } of entries) {
      const start = `${category} ${number ?? ""}`;
      if (withheld) lines.push(`${start} (withheld)`);
      for (const { name, value } of fields) lines.push(`${start} ${name}: ${JSON.stringify(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
