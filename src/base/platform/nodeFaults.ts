/** Faults of the file system as one line about the path the user gave. */
import { InputError } from "../errors.ts";

const remedies: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder. Check the path",
  EISDIR: "this is a folder where a file is needed. Name a file in it",
  ENOTDIR: "a part of this path is a file, not a folder. Check the path",
  EACCES: "permission denied. Change the permissions, or choose another path",
  EPERM: "permission denied. Change the permissions, or choose another path",
  EROFS: "the file system is read-only. Choose another path",
  ENOSPC: "the disk is full. Free some space, or choose another path",
  EEXIST: "this exists already. Choose another path",
  ENOTEMPTY: "this folder exists already and is not empty. Choose another path",
  ENAMETOOLONG: "the name is too long. Choose a shorter one",
  ELOOP: "the symbolic links of this path form a circle. Choose another path",
  ERR_FS_FILE_TOO_LARGE: "the file is over 2 GiB, more than one read takes. Split it",
};

const told = (path: string, error: unknown): unknown => {
  const remedy = remedies[(error as NodeJS.ErrnoException).code ?? ""];
  return remedy ? new InputError(`${path}: ${remedy}.`, { cause: error }) : error;
};

/** Runs a file operation; a fault of the file system becomes one line about the path the user gave. */
export function about<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw told(path, error);
  }
}

/** The same for an operation that is waited for. */
export async function aboutLater<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw told(path, error);
  }
}
