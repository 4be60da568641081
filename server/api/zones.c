/* zones.c - files of the zone database, kept from the first use to the end. */
#include "zones.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log.h"
#include "xalloc.h"

enum { NAME_SIZE = 64, ZONES_MAX = 1000 };

struct kept {
    struct kept  *next;
    char          name[NAME_SIZE];
    struct zone   zone;
    unsigned char bytes[];
};

struct zones {
    pthread_mutex_t lock;                       /* of the list; what is on it never changes          */
    struct kept    *first;
    int             count;
    char           *folder, version[ZONE_VERSION_SIZE];
};

/* The whole file, up to `size` bytes of it: how many, or -errno. */
static ssize_t file_read(const struct zones *z, const char *name, unsigned char *bytes, size_t size)
{
    char *path = xprintf("%s/%s", z->folder, name);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t at = 0;
    ssize_t got = file < 0 ? -errno : 1;

    free(path);
    for (; file >= 0 && at < size && got > 0; at += got > 0 ? (size_t)got : 0)
        got = read(file, bytes + at, size - at);
    if (file >= 0)
        (void)close(file);
    return got < 0 ? got : (ssize_t)at;
}

/* No climbing out of the folder: segments of letters, digits, '_', '-' and '+'. */
static bool name_is_good(const char *name)
{
    size_t size = strlen(name);

    if (size == 0 || size >= NAME_SIZE || name[0] == '/' || name[size - 1] == '/' || strstr(name,
        "//") != NULL)
        return false;
    return strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-+/") == size;
}

static struct kept *zone_load(const struct zones *z, const char *name)
{
    unsigned char *bytes = xalloc(ZONE_BYTES_MAX + 1);
    ssize_t size = file_read(z, name, bytes, ZONE_BYTES_MAX + 1);
    struct kept *k = NULL;
    int err = size < 0 ? (int)size : 0;

    if (err == 0) {
        k = xalloc(sizeof *k + (size_t)size);
        memcpy(k->bytes, bytes, (size_t)size);
        (void)snprintf(k->name, sizeof k->name, "%s", name);
        err = zone_open(&k->zone, k->bytes, (size_t)size);
    }
    free(bytes);
    if (err == 0)
        return k;
    free(k);
    log_error("zones.read", "folder=%s zone=%s error=\"%s\" hint=\"--zoneinfo names the folder\"", z->folder,
              name,
              strerror(-err));
    return NULL;
}

const struct zone *zones_find(struct zones *z, const char *name)
{
    struct kept *k;

    if (!name_is_good(name))
        return NULL;
    (void)pthread_mutex_lock(&z->lock);
    for (k = z->first; k != NULL && strcmp(k->name, name) != 0; k = k->next)
        ;
    if (k == NULL && z->count < ZONES_MAX) {
        k = zone_load(z, name);
        if (k != NULL) {
            k->next = z->first;
            z->first = k;
            z->count++;
        }
    }
    (void)pthread_mutex_unlock(&z->lock);
    return k != NULL ? &k->zone : NULL;
}

const char *zones_version(const struct zones *z)
{
    return z->version;
}

struct zones *zones_new(const char *folder)
{
    unsigned char head[64];
    struct zones *z = xalloc(sizeof *z);
    ssize_t size;

    z->folder = xstrdup(folder);
    (void)pthread_mutex_init(&z->lock, NULL);
    size = file_read(z, "tzdata.zi", head, sizeof head);
    if (size > 0)
        (void)zone_version(head, (size_t)size, z->version);
    return z;
}

void zones_free(struct zones *z)
{
    struct kept *k;

    if (z == NULL)
        return;
    while ((k = z->first) != NULL) {
        z->first = k->next;
        free(k);
    }
    (void)pthread_mutex_destroy(&z->lock);
    free(z->folder);
    free(z);
}
