/** What judges an attempt; docs/verdicts.md. `custom:…`: a gate that the caller of the library brought. */
export type GateName =
  | 'agent'
  | 'history'
  | 'resolution'
  | 'commits'
  | 'marker'
  | 'contracts'
  | 'scope'
  | 'files'
  | 'content'
  | 'repository'
  | 'claim'
  | 'compliance'
  | 'checklist'
  | 'escape'
  | `custom:${string}`;
