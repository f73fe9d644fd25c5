import { Fragment } from "react";

/** A command line in a sentence: it breaks between its words only, not after the hyphens of an option. */
export function Command({ text }: { text: string }) {
  return (
    <code className="command">
      {text.split(" ").map((word, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the words of one text
        <Fragment key={at}>
          {at > 0 && " "}
          <span className="word">{word}</span>
        </Fragment>
      ))}
    </code>
  );
}
