// The bar on top of every screen: where we are at the left, what the screen offers at the right.
import type { ReactNode } from "react";
import { Link } from "react-router";
import classes from "./Header.module.css";
import { ThemeMenu } from "./ThemeMenu";

interface HeaderProps {
  /** Name of what is open; absent on the profile list. */
  readonly title?: string;
  /** A few words about what is open, behind its name. */
  readonly facts?: string;
  /** For the keyboard: a way past this bar, in words, and what it leads to, as a selector. */
  readonly skip: readonly [words: string, to: string];
  readonly children?: ReactNode;
}

export function Header({ title, facts = "", skip: [words, to], children }: HeaderProps) {
  return (
    <header className={classes.header}>
      {/* No link: the part behind # is where we are. */}
      <button
        type="button"
        className={classes.skip}
        onClick={() => document.querySelector<HTMLElement>(to)?.focus()}
        data-testid="skip"
      >
        {words}
      </button>
      <nav className={classes.crumbs} aria-label="Breadcrumb">
        {title === undefined ? (
          <h1 className={classes.brand}>FlameScope</h1>
        ) : (
          <>
            <Link to="/" className={classes.brand} data-testid="home-link">
              FlameScope
            </Link>
            <span aria-hidden className={classes.arrow}>
              ›
            </span>
            <h1 className={classes.title} title={title} data-testid="profile-name">
              <bdi>{title}</bdi>
            </h1>
            {facts !== "" && (
              <span className={classes.facts} title={facts} data-testid="profile-facts">
                {facts}
              </span>
            )}
          </>
        )}
      </nav>
      <div className={classes.tools}>
        {children}
        {title === undefined && (
          <a
            href="docs/"
            className={classes.docs}
            title="Every HTTP request, with curl examples"
            data-testid="docs-link"
          >
            API
          </a>
        )}
        <ThemeMenu />
      </div>
    </header>
  );
}
