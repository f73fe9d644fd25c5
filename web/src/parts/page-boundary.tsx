import { Component, type ReactNode } from "react";
import { Problem } from "./states.js";

interface PageBoundaryProps {
  /** Another page, another try. */
  page: string;
  children: ReactNode;
}

/** A fault of a page is said in its place; the rest of the app stays, and every other page. */
export class PageBoundary extends Component<PageBoundaryProps, { error: Error | null; page: string }> {
  override state = { error: null as Error | null, page: this.props.page };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ page }: PageBoundaryProps, state: { page: string }) {
    return page === state.page ? null : { page, error: null };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    const again = (): void => this.setState({ error: null });
    return <Problem error={error} again={again} title="This page failed, by a fault of ours" />;
  }
}
