/* static_files.c - the folder is read once; a request is a search in the sorted table of what was found. */
#include "static_files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sio_http.h"

enum { PATH_SIZE = 1024, DEPTH_MAX = 16, ETAG_BYTES = 16, ETAG_SIZE = 2 * ETAG_BYTES + 3, HASH_SIZE = 8 };
enum form { PLAIN, GZIP, BROTLI, FORMS };

static const struct { const char *end, *coding; } forms[FORMS] = {
    [PLAIN] = { "", NULL }, [GZIP] = { ".gz", "gzip" }, [BROTLI] = { ".br", "br" },
};

struct bytes { char *at; size_t size; char etag[ETAG_SIZE]; };      /* at NULL: there is no such form */
struct file { char *path; struct bytes forms[FORMS]; };     /* "/assets/x.js"                       */
struct static_files { struct file *all; size_t count, capacity, bytes, bytes_max; };

void static_files_free(struct static_files *f)
{
    if (f == NULL)
        return;
    for (size_t i = 0; i < f->count; i++) {
        free(f->all[i].path);
        for (int form = 0; form < FORMS; form++)
            free(f->all[i].forms[form].at);
    }
    free(f->all);
    free(f);
}

size_t static_files_count(const struct static_files *f)
{
    return f->count;
}

/* Reading the folder. */

/* An ETag of the bytes that are sent: a packed form has one of its own (RFC 9110, 8.8.3). */
static int make_etag(struct bytes *b)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (EVP_Digest(b->at, b->size, digest, NULL, EVP_sha256(), NULL) != 1)
        return -ENOMEM;
    b->etag[0] = '"';
    for (int i = 0; i < ETAG_BYTES; i++)
        (void)snprintf(b->etag + 1 + 2 * i, 3, "%02x", digest[i]);
    b->etag[ETAG_SIZE - 2] = '"';
    b->etag[ETAG_SIZE - 1] = '\0';
    return 0;
}

static int read_all(int fd, char *at, size_t size)
{
    for (size_t got = 0; got < size;) {
        ssize_t piece = read(fd, at + got, size - got);
        if (piece < 0 && errno == EINTR)
            continue;
        if (piece <= 0)
            return piece < 0 ? -errno : -EIO;   /* somebody made it shorter meanwhile               */
        got += (size_t)piece;
    }
    return 0;
}

/* One more byte than there are, so that an empty file has an address too. */
static int read_bytes(int fd, size_t size, struct bytes *ret_bytes)
{
    struct bytes b = { .at = malloc(size + 1), .size = size };
    int err;

    if (b.at == NULL)
        return -ENOMEM;
    err = read_all(fd, b.at, size);
    if (err == 0)
        err = make_etag(&b);
    if (err) {
        free(b.at);
        return err;
    }
    *ret_bytes = b;
    return 0;
}

static int reserve(struct static_files *f)
{
    size_t capacity = f->capacity == 0 ? 64 : f->capacity * 2;
    struct file *all;

    if (f->count < f->capacity)
        return 0;
    all = realloc(f->all, capacity * sizeof *all);
    if (all == NULL)
        return -ENOMEM;
    f->all = all;
    f->capacity = capacity;
    return 0;
}

static int add_file(struct static_files *f, int fd, size_t size, const char *path)
{
    struct file file = { .path = NULL };
    int err = reserve(f);

    if (err)
        return err;
    if (size > f->bytes_max - f->bytes)
        return -EFBIG;
    err = read_bytes(fd, size, &file.forms[PLAIN]);
    if (err)
        return err;
    file.path = strdup(path);
    if (file.path == NULL) {
        free(file.forms[PLAIN].at);
        return -ENOMEM;
    }
    f->bytes += size;
    f->all[f->count++] = file;
    return 0;
}

static int add_folder(struct static_files *f, int fd, const char *path, int depth);

/* No links, no devices, no pipes: nothing that could lead out or never end. */
static int add_entry(struct static_files *f, int folder, const char *path, const char *name, int depth)
{
    char below[PATH_SIZE];
    struct stat st;
    int fd, err = 0;

    if (snprintf(below, sizeof below, "%s/%s", path, name) >= (int)sizeof below)
        return -ENAMETOOLONG;
    fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ELOOP ? 0 : -errno;
    if (fstat(fd, &st) != 0)
        err = -errno;
    else if (S_ISDIR(st.st_mode))
        return add_folder(f, fd, below, depth + 1);     /* which closes it                          */
    else if (S_ISREG(st.st_mode))
        err = add_file(f, fd, (size_t)st.st_size, below);
    (void)close(fd);
    return err;
}

static int add_folder(struct static_files *f, int fd, const char *path, int depth)
{
    const struct dirent *entry;
    DIR *folder = depth <= DEPTH_MAX ? fdopendir(fd) : NULL;
    int err = 0;

    if (folder == NULL) {
        (void)close(fd);
        return depth <= DEPTH_MAX ? -ENOMEM : -ENAMETOOLONG;
    }
    while (err == 0 && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.')
            err = add_entry(f, dirfd(folder), path, entry->d_name, depth);
    (void)closedir(folder);
    return err;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->path, ((const struct file *)b)->path);
}

static struct file *find(const struct static_files *f, const char *path)
{
    struct file wanted = { .path = (char *)(uintptr_t)path };

    return bsearch(&wanted, f->all, f->count, sizeof *f->all, by_path);
}

/* The plain file that `packed` is a form of, or NULL. */
static struct file *find_plain(const struct static_files *f, const struct file *packed, enum form form)
{
    size_t size = strlen(packed->path), end = strlen(forms[form].end);
    char path[PATH_SIZE];

    if (size <= end || strcmp(packed->path + size - end, forms[form].end) != 0)
        return NULL;
    (void)snprintf(path, sizeof path, "%.*s", (int)(size - end), packed->path);
    return find(f, path);
}

/* Packed forms move to the file they belong to; their own names are then no longer served. */
static void pair(struct static_files *f)
{
    size_t kept = 0;

    for (size_t i = 0; i < f->count; i++)
        for (enum form form = GZIP; form < FORMS; form++) {
            struct file *plain = find_plain(f, &f->all[i], form);
            if (plain == NULL || plain->forms[form].at != NULL || f->all[i].forms[PLAIN].at == NULL)
                continue;
            plain->forms[form] = f->all[i].forms[PLAIN];
            f->all[i].forms[PLAIN].at = NULL;
        }
    for (size_t i = 0; i < f->count; i++)
        if (f->all[i].forms[PLAIN].at != NULL)
            f->all[kept++] = f->all[i];
        else
            free(f->all[i].path);
    f->count = kept;
}

int static_files_open(const char *folder, size_t bytes_max, struct static_files **ret_files)
{
    int err, fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct static_files *f;

    if (fd < 0)
        return -errno;
    f = calloc(1, sizeof *f);
    if (f == NULL) {
        (void)close(fd);
        return -ENOMEM;
    }
    f->bytes_max = bytes_max;
    err = add_folder(f, fd, "", 0);
    if (err) {
        static_files_free(f);
        return err;
    }
    if (f->count > 0)
        qsort(f->all, f->count, sizeof *f->all, by_path);
    pair(f);
    *ret_files = f;
    return 0;
}

/* Serving. */

/* Is `wanted` in a list like "gzip;q=0.5, br" with a weight above zero? An exact name wins over "*". */
static bool accepts(const char *list, const char *wanted)
{
    size_t wanted_size = strlen(wanted);
    bool any = false;

    while (list != NULL && *list != '\0') {
        list += strspn(list, " \t,");
        size_t size = strcspn(list, ",; \t"), all = strcspn(list, ",");
        const char *weight = memchr(list, ';', all);
        bool refused = false;

        if (weight != NULL) {
            weight += 1 + strspn(weight + 1, " \t");
            refused = strncasecmp(weight, "q=0", 3) == 0
                      && strspn(weight + 3, ".0") == strcspn(weight + 3, ", \t");
        }
        if (size == wanted_size && strncasecmp(list, wanted, size) == 0)
            return !refused;
        any = any || (size == 1 && *list == '*' && !refused);
        list += all;
    }
    return any;
}

static enum form choose(const struct file *file, const char *accepted)
{
    for (enum form form = BROTLI; form > PLAIN; form--)
        if (file->forms[form].at != NULL && accepted != NULL && accepts(accepted, forms[form].coding))
            return form;
    return PLAIN;
}

/* If-None-Match, by the weak comparison (RFC 9110, 13.1.2). */
static bool is_known(const char *list, const char *etag)
{
    size_t etag_size = strlen(etag);

    while (list != NULL && *list != '\0') {
        list += strspn(list, " \t,");
        if (*list == '*')
            return true;
        if (strncmp(list, "W/", 2) == 0)
            list += 2;
        size_t size = strcspn(list, ", \t");
        if (size == etag_size && memcmp(list, etag, size) == 0)
            return true;
        list += size;
    }
    return false;
}

static const struct { const char *end, *type; } types[] = {
    { ".html", "text/html; charset=utf-8" },        { ".js", "text/javascript; charset=utf-8" },
    { ".mjs", "text/javascript; charset=utf-8" },   { ".css", "text/css; charset=utf-8" },
    { ".json", "application/json" },                { ".map", "application/json" },
    { ".svg", "image/svg+xml" },                    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },                       { ".jpeg", "image/jpeg" },
    { ".webp", "image/webp" },                      { ".avif", "image/avif" },
    { ".gif", "image/gif" },                        { ".ico", "image/x-icon" },
    { ".woff2", "font/woff2" },                     { ".woff", "font/woff" },
    { ".ttf", "font/ttf" },                         { ".wasm", "application/wasm" },
    { ".txt", "text/plain; charset=utf-8" },        { ".webmanifest", "application/manifest+json" },
    { ".mp3", "audio/mpeg" },                       { ".ogg", "audio/ogg" },
    { ".mp4", "video/mp4" },                        { ".xml", "application/xml" },
    { ".pdf", "application/pdf" },
};

static const char *type_of(const char *path)
{
    const char *dot = strrchr(path, '.');

    for (size_t i = 0; dot != NULL && i < sizeof types / sizeof *types; i++)
        if (strcasecmp(dot, types[i].end) == 0)
            return types[i].type;
    return "application/octet-stream";
}

/* "/assets/page-B1x_c3-4.js": eight of base64url, not a word, between a "-" and the end. */
static bool has_hash(const char *path)
{
    const char *dot = strrchr(path, '.'), *hash = dot != NULL ? dot - HASH_SIZE : NULL;
    bool word = true;

    if (strncmp(path, "/assets/", 8) != 0 || hash == NULL || hash <= path + 8 || hash[-1] != '-')
        return false;
    for (const char *at = hash; at < dot; at++) {
        if (!isalnum((unsigned char)*at) && *at != '-' && *at != '_')
            return false;
        word = word && islower((unsigned char)*at);
    }
    return !word;
}

/* A path of the page's own router, which only index.html knows. */
static bool is_page(const struct sio_http_request *r)
{
    const char *accepted = sio_http_header(r, "accept"), *last = strrchr(r->path, '/');

    return strcmp(r->path, "/") == 0
           || (accepted != NULL && strstr(accepted, "text/html") != NULL && strchr(last, '.') == NULL);
}

static void send(const struct file *file, const struct sio_http_request *r)
{
    enum form form = choose(file, sio_http_header(r, "accept-encoding"));
    const struct bytes *b = &file->forms[form];
    struct ws_header headers[] = {
        { "ETag", b->etag }, { "Vary", "Accept-Encoding" },
        { "Cache-Control", has_hash(file->path) ? "public, max-age=31536000, immutable" : "no-cache" },
        { "Content-Type", type_of(file->path) }, { "Content-Encoding", forms[form].coding }, { NULL, NULL },
    };

    if (form == PLAIN)
        headers[4] = (struct ws_header){ NULL, NULL };
    if (is_known(sio_http_header(r, "if-none-match"), b->etag)) {
        headers[3] = (struct ws_header){ NULL, NULL };
        (void)sio_http_reply(r->ticket, 304, headers, (struct ws_bytes){ NULL, 0 });
    } else {
        (void)sio_http_reply_lent(r->ticket, 200, headers, (struct ws_bytes){ b->at, b->size });
    }
}

void static_files_serve(const struct static_files *f, const struct sio_http_request *r)
{
    static const struct ws_header allow[] = { { "Allow", "GET, HEAD" }, { NULL, NULL } };
    const struct file *file = find(f, r->path);

    if (strcmp(r->method, "GET") != 0 && strcmp(r->method, "HEAD") != 0) {
        (void)sio_http_problem(r->ticket, 405, NULL, NULL, r->id, allow);
        return;
    }
    if (file == NULL && is_page(r))
        file = find(f, "/index.html");
    if (file != NULL)
        send(file, r);
    else
        (void)sio_http_problem(r->ticket, 404, NULL, NULL, r->id, NULL);
}
