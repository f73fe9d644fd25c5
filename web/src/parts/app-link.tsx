import type { ReactNode } from "react";
import { Link } from "react-aria-components";
import type { Address } from "../address/address.js";
import { useApp } from "../address/address-context.js";

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
  const { go, linkTo } = useApp();
  return (
    <Link
      href={linkTo(to)}
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
