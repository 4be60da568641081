/* segments.c - sealed segments, one after the other, in a file of their own. */
#include "storage/segments.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ID_MAX = 40, WHERE_SIZE = 80 };

struct segments {
    int folder;
    struct seal seal;
};

int segments_open(const char *folder, const struct seal *seal, struct segments **ret_segments)
{
    struct segments *s = malloc(sizeof *s);

    if (s == NULL)
        return -ENOMEM;
    *s = (struct segments){ .seal = *seal };
    if (mkdir(folder, 0700) < 0 && errno != EEXIST)
        s->folder = -1;
    else
        s->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (s->folder < 0) {
        free(s);
        return -errno;
    }
    *ret_segments = s;
    return 0;
}

void segments_close(struct segments *s)
{
    if (s == NULL)
        return;
    (void)close(s->folder);
    free(s);
}

static bool is_id(const char *id)
{
    size_t size = strlen(id);

    return size > 0 && size < ID_MAX && strpbrk(id, "/.") == NULL;
}

/* A new name is on the disk before anything is said about it. */
static int file_open(struct segments *s, const char *id, int flags)
{
    int file;

    assert(is_id(id));
    file = openat(s->folder, id, flags | O_CLOEXEC | O_NOFOLLOW);
    if (file >= 0 || errno != ENOENT || flags != O_WRONLY)
        return file >= 0 ? file : -errno;
    file = openat(s->folder, id, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file >= 0 && fsync(s->folder) == 0)
        return file;

    int err = -errno;

    if (file >= 0)
        (void)close(file);
    return err;
}

static const char *where_of(const struct segment_file *f, int64_t index, char where[WHERE_SIZE])
{
    (void)snprintf(where, WHERE_SIZE, "file:%s:%lld", f->id, (long long)index);
    return where;
}

static off_t place(const struct segment_file *f, int64_t index)
{
    return (off_t)index * (off_t)(f->segment + SEGMENT_OVERHEAD);
}

static int write_all(int file, const unsigned char *at, size_t size, off_t to)
{
    while (size > 0) {
        ssize_t wrote = pwrite(file, at, size, to);

        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0)
            return wrote < 0 ? -errno : -EIO;
        at += wrote;
        to += wrote;
        size -= (size_t)wrote;
    }
    return 0;
}

int segments_write(struct segments *s, const struct segment_file *f, int64_t index, const void *at,
                   size_t size)
{
    char where[WHERE_SIZE];
    unsigned char *sealed;
    size_t sealed_size;
    int file, err;

    assert(size > 0 && size <= f->segment && index >= 0);
    err = s->seal.seal(s->seal.data, where_of(f, index, where), at, size, &sealed, &sealed_size);
    if (err)
        return err;
    assert(sealed_size == size + SEGMENT_OVERHEAD);
    file = file_open(s, f->id, O_WRONLY);
    err = file < 0 ? file : write_all(file, sealed, sealed_size, place(f, index));
    if (file >= 0)
        (void)close(file);
    free(sealed);
    return err;
}

int segments_sync(struct segments *s, const char *id)
{
    int file = file_open(s, id, O_RDONLY), err;

    if (file < 0)
        return file;
    err = fdatasync(file) < 0 ? -errno : 0;
    (void)close(file);
    return err;
}

/* Opens segment `index`, of which `size` bytes are plain. */
static int segment_read(struct segments *s, int file, const struct segment_file *f, int64_t index,
                        size_t size, unsigned char *room, unsigned char **ret_plain)
{
    size_t want = size + SEGMENT_OVERHEAD, got = 0;
    char where[WHERE_SIZE];

    while (got < want) {
        ssize_t one = pread(file, room + got, want - got, place(f, index) + (off_t)got);

        if (one < 0 && errno == EINTR)
            continue;
        if (one <= 0)
            return one < 0 ? -errno : -EBADMSG; /* cut                                               */
        got += (size_t)one;
    }
    return s->seal.open(s->seal.data, where_of(f, index, where), room, want, ret_plain, &size);
}

int segments_read(struct segments *s, const struct segment_file *f, int64_t total, int64_t from, size_t size,
                  unsigned char *to)
{
    int64_t step = (int64_t)f->segment;
    unsigned char *room = malloc(f->segment + SEGMENT_OVERHEAD), *plain;
    int file = room != NULL ? file_open(s, f->id, O_RDONLY) : -ENOMEM, err = file < 0 ? file : 0;

    assert(from >= 0 && from + (int64_t)size <= total);
    while (err == 0 && size > 0) {
        int64_t index = from / step, left = total - index * step;
        size_t here = (size_t)(left < step ? left : step), skip = (size_t)(from % step), part = here - skip;

        err = segment_read(s, file, f, index, here, room, &plain);
        if (err)
            break;
        part = part < size ? part : size;
        memcpy(to, plain + skip, part);
        free(plain);
        to += part;
        from += (int64_t)part;
        size -= part;
    }
    if (file >= 0)
        (void)close(file);
    free(room);
    return err == -ENOENT ? -EBADMSG : err; /* the row says that it is there                     */
}

int segments_remove(struct segments *s, const char *id)
{
    assert(is_id(id));
    return unlinkat(s->folder, id, 0) < 0 && errno != ENOENT ? -errno : 0;
}
