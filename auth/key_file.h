/* key_file.h - files that hold secrets: for their owner only, and whole or not there. */
#ifndef AUTH_KEY_FILE_H
#define AUTH_KEY_FILE_H

#include <stddef.h>

enum { KEY_FILE_MAX = 8192 };

/* Reads all of it, followed by a NUL; the caller wipes `ret_text` on success. -ENOENT; -EPERM: group or
 * others have rights on it; -EBADMSG: no regular file, or of KEY_FILE_MAX bytes or more. */
int key_file_read(const char *path, char ret_text[KEY_FILE_MAX], size_t *ret_size);

/* Writes a new file of mode 0600 and syncs it and its folder, before it gets its name. -EEXIST: another
 * process was first, and the file there is the other's (and whole). */
int key_file_make(const char *path, const char *text, size_t size);
/* The same, in the place of whatever has the name: whoever reads finds the old text or the new one. */
int key_file_replace(const char *path, const char *text, size_t size);

#endif
