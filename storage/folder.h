/* folder.h - the data folder belongs to one process. */
#ifndef STORAGE_FOLDER_H
#define STORAGE_FOLDER_H

/* Makes `path` with mode 0700 when missing (not its parents) and locks `path`/lock by flock(2); the
 * lock ends with the process, however it ends. Returns a descriptor; -EBUSY: another process holds it;
 * -ENOTDIR, -EACCES, … as the system. */
int  folder_lock(const char *path);
void folder_unlock(int lock);

#endif
