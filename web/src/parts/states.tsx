import type { CSSProperties, ReactNode } from "react";
import { Button } from "react-aria-components";
import { problemText } from "../server/problem-text.js";

/** Nothing is here yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="state">
      <strong>{title}</strong>
      {children !== undefined && <div>{children}</div>}
    </div>
  );
}

/** Something went wrong: what the server said, and another try. */
export function Problem({ error, again, title }: { error: Error; again?: () => void; title?: string }) {
  const { problem, fix } = problemText(error);
  return (
    <div className="state problem" role="alert">
      <strong>{title ?? "That did not work"}</strong>
      <p>{problem}</p>
      {fix !== null && <p>{fix}</p>}
      {again !== undefined && (
        <Button className="button" onPress={again}>
          Try again
        </Button>
      )}
    </div>
  );
}

/** Said where an answer is less than it could be. */
export function Warnings({ texts }: { texts: readonly string[] }) {
  if (texts.length === 0) return null;
  return (
    <ul className="notes" role="status">
      {texts.map((text) => (
        <li key={text}>{text}</li>
      ))}
    </ul>
  );
}

/** The room that something takes before it is there. */
export function Skeleton({ height, width = "100%" }: { height: string; width?: string }) {
  const style: CSSProperties = { height, width };
  return <div className="skeleton" style={style} aria-hidden="true" />;
}

/** A line that is always there, and says so while an answer takes long. */
export function Waiting({ slow, children }: { slow: boolean; children?: ReactNode }) {
  return (
    <span className="waiting" role="status" data-on={slow ? "" : undefined}>
      {slow ? "still waiting for the server" : children}
    </span>
  );
}
