import type { Folder } from './folder.ts';
import { type CheckSpec, checkSpec } from './spec.ts';

/** go build, vet and test, and gofmt. */
export function detectGo(): CheckSpec[] {
  return [
    checkSpec({ name: 'go build', kind: 'build', argv: ['go', 'build', './...'], parser: 'lines' }),
    checkSpec({ name: 'go vet', kind: 'lint', argv: ['go', 'vet', './...'], parser: 'lines' }),
    checkSpec({ name: 'gofmt', kind: 'lint', argv: ['gofmt', '-l', '.'], parser: 'files', listsFaults: true }),
    checkSpec({ name: 'go test', kind: 'tests', argv: ['go', 'test', '-json', './...'], parser: 'go-test' }),
  ];
}

/** cargo check, clippy and test. */
export function detectRust(): CheckSpec[] {
  const short = ['--all-targets', '--message-format', 'short'];
  const needs = [{ program: 'cargo' }, { program: 'cargo-clippy' }];
  return [
    checkSpec({ name: 'cargo check', kind: 'type-check', argv: ['cargo', 'check', ...short], parser: 'lines' }),
    checkSpec({ name: 'clippy', kind: 'lint', argv: ['cargo', 'clippy', ...short], parser: 'lines', needs }),
    checkSpec({ name: 'cargo test', kind: 'tests', argv: ['cargo', 'test', '--no-fail-fast'], parser: 'cargo' }),
  ];
}

/** The tests of Maven or Gradle, which build first; by the wrapper of the project where there is one. */
export function detectJava({ names }: Folder): CheckSpec[] {
  if (names.has('pom.xml')) {
    const program = names.has('mvnw') ? './mvnw' : 'mvn';
    return [javaTests('mvn test', [program, '-B', 'test'], 'target/surefire-reports')];
  }
  const program = names.has('gradlew') ? './gradlew' : 'gradle';
  return [javaTests('gradle test', [program, 'test', '--continue'], 'build/test-results/test')];
}

function javaTests(name: string, argv: [string, ...string[]], reports: string): CheckSpec {
  return checkSpec({ name, kind: 'tests', argv, parser: 'junit', reports: [reports] });
}
