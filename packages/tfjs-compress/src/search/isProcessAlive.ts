import { builtin } from '@tfjs-compress/format/internal';

/** Whether there is a process of this machine with that number. */
export function isProcessAlive(pid: number): boolean {
  try {
    builtin<typeof import('node:process')>('node:process').kill(pid, 0);
    return true;
  } catch (error) {
    // Another user's process may not be signaled, and is there.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
