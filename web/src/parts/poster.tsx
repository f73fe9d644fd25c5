import { type CSSProperties, memo, useState } from "react";
import { pictureUrl } from "../server/server.js";

export interface PosterProps {
  id: string;
  title: string | null;
  /** Whether the item has a picture; undefined while that is not known. */
  picture: boolean | undefined;
  /** CSS pixels that it takes at most; screens with twice as many get twice as many. */
  width?: number;
  eager?: boolean;
}

/** An item as its picture, or as its title where it has none. Decoration: its title stands beside it or names what holds it. */
export const Poster = memo(function Poster({ id, title, picture, width = 160, eager = false }: PosterProps) {
  const [failed, setFailed] = useState<string | null>(null);
  const shown = picture === true && failed !== id;
  const style = { "--hue": hueOf(id) } as CSSProperties;
  return (
    <span className="poster" style={style} aria-hidden="true">
      {shown && (
        <img
          src={pictureUrl(id, 2 * width)}
          alt=""
          width={width}
          height={width * 1.5}
          loading={eager ? "eager" : "lazy"}
          decoding="async"
          draggable={false}
          onError={() => setFailed(id)}
        />
      )}
      {!shown && picture !== undefined && <span className="tile">{title ?? id}</span>}
    </span>
  );
});

/** A hue of its own for each id: degrees. */
function hueOf(id: string): number {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 360;
  return sum;
}
