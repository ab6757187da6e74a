import { SpindleError, issueText, messageOf } from './errors.ts';

const fileErrors: Record<string, string> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is no folder',
  ENOSPC: 'no space is left on the volume',
  EROFS: 'the volume is read-only',
};

/** An error as a command prints it: one sentence, and for rows and columns a line for each of the first ten issues. */
export function errorText(error: unknown): string {
  if (!(error instanceof SpindleError)) return fileErrorText(error) ?? messageOf(error);
  const issues = error.issues.filter(({ message }) => !error.message.includes(message));
  const shown = issues.slice(0, 10).map((issue) => `  - ${issueText(issue)}`);
  const more = issues.length - shown.length;
  return [error.message, ...shown, ...(more > 0 ? [`  and ${more} more`] : [])].join('\n');
}

/** A file system error by the path it concerns, or undefined for any other. */
function fileErrorText(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('path' in error)) return undefined;
  const reason = fileErrors[String(error.code)];
  return reason === undefined ? undefined : `${String(error.path)}: ${reason}`;
}
