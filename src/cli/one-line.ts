/** Text as it can stand in a line of a terminal: without line ends and other control characters, which would move the cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, " ").trim();
}
