/** A file of endpoints. */
export const routes = (name: string, ...patterns: string[]) =>
  `package api\n\nimport "net/http"\n\nfunc ${name}(mux *http.ServeMux) {\n${patterns
    .map((pattern) => `\tmux.HandleFunc("${pattern}", order)\n`)
    .join('')}}\n`;

/** A file of one test. */
export const test = (pkg: string, name: string, lines: string[], imports: string[] = []) =>
  `package ${pkg}\n\nimport (\n${[...imports, 'testing'].map((each) => `\t"${each}"\n`).join('')})\n\nfunc Test${name}(t *testing.T) {\n${lines
    .map((line) => `\t${line}\n`)
    .join('')}}\n`;
