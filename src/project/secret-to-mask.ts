import { z } from 'zod';

/** A name of a variable, or a regular expression between slashes. */
export const secretToMask = z.string().superRefine((value, context) => {
  const form = /^\/(.*)\/$/s.exec(value)?.[1];
  const message = form === undefined ? unlikeName(value) : unlikeForm(form);
  if (message) context.addIssue({ code: 'custom', message });
});

const unlikeName = (name: string) =>
  /^[A-Za-z_*][A-Za-z0-9_*]*$/.test(name) && /[A-Za-z]/.test(name)
    ? null
    : 'is no name of a variable (ACME_KEY, ACME_*) and no form between slashes (/acme-[0-9a-f]{32}/)';

function unlikeForm(form: string): string | null {
  try {
    return new RegExp(`(?:${form})`).test('') ? 'is the form of an empty text, too' : null;
  } catch (error) {
    return (error as Error).message;
  }
}
