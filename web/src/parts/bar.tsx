import type { CSSProperties } from "react";

/** A share from 0 to 1 as a bar; the number stands beside it. */
export function Bar({ share }: { share: number }) {
  return (
    <span className="bar" aria-hidden="true">
      <i style={{ "--share": Math.min(1, Math.max(0, share)) } as CSSProperties} />
    </span>
  );
}
