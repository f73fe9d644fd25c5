import { type ReactNode, useState } from "react";
import { Link } from "react-aria-components";
import type { Address } from "../address/address.js";
import { useActions } from "../address/address-context.js";

export interface AppLinkProps {
  /** What changes in the address. */
  to: Partial<Address>;
  className?: string;
  /** Its name, where what it shows does not say it. */
  label?: string;
  current?: boolean;
  children: ReactNode;
}

/** A link to another place of the app; it has an address of its own, and can be opened in another tab. */
export function AppLink({ to, className, label, current = false, children }: AppLinkProps) {
  const { go, linkTo } = useActions();
  // It names the rest of the address, too, as it is when somebody comes near; a plain click takes it as it is then.
  const [href, setHref] = useState(() => linkTo(to));
  const refresh = (): void => setHref(linkTo(to));
  return (
    <Link
      href={href}
      onHoverStart={refresh}
      onFocus={refresh}
      onPressStart={refresh}
      className={className ?? ""}
      {...(label !== undefined && { "aria-label": label })}
      {...(current && { "aria-current": "page" })}
      onClick={(event) => {
        const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
        if (!plain) return;
        event.preventDefault();
        go(to);
      }}
    >
      {children}
    </Link>
  );
}
