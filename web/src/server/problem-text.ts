/** An error in words for people: what is wrong, and what to do where that is known. */
export function problemText(error: Error): { problem: string; fix: string | null } {
  if (error instanceof TypeError)
    return { problem: "The server does not answer.", fix: "Is it still running? Look at where `mmdin serve` was started." };
  return { problem: error.message, fix: null };
}
