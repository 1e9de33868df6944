/** Changes to an environment; null removes a variable. */
export type Overlay = Readonly<Record<string, string | null>>;

/** The environment with the overlay applied. */
export function withOverlay(base: NodeJS.ProcessEnv, overlay: Overlay): NodeJS.ProcessEnv {
  const env = { ...base };
  for (const [name, value] of Object.entries(overlay)) {
    if (value === null) delete env[name];
    else env[name] = value;
  }
  return env;
}
