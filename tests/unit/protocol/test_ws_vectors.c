/* tests/vectors/ws/<case>/in is what a client sends behind its handshake, want what an echo answers. */
#include <dirent.h>
#include <limits.h>
#include <sys/stat.h>

#include "ws_fixture.h"

static struct buf file_of(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct buf b;
    unsigned char *at;
    struct stat size;
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "rb");
    if (f == NULL || fstat(fileno(f), &size) != 0)
        fail_msg("%s: %s", path, strerror(errno));
    buf_init(&b, BUF_NO_LIMIT);
    CHECK_INT(buf_reserve(&b, (size_t)size.st_size + 1, &at), 0);
    buf_grow(&b, fread(at, 1, (size_t)size.st_size, f));
    CHECK_INT(b.size, size.st_size);
    (void)fclose(f);
    return b;
}

static void check_vector(const struct buf *in, const struct buf *want, size_t first, size_t step)
{
    struct world w;
    struct link l;

    world_init(&w, NULL);
    w.echo = true;
    link_ready(&l, &w);
    for (size_t done = 0, size = first; done < in->size; done += size, size = step) {
        if (size > in->size - done)
            size = in->size - done;
        (void)link_feed(&l, in->at + done, size);
        link_flush(&l);
    }
    CHECK_INT(l.out.size, want->size);
    if (want->size > 0)
        CHECK_MEM(l.out.at, want->at, want->size);
    link_lose(&l);
    world_finish(&w);
}

TEST(ws_vectors, are_echoed_in_every_split)
{
    char root[PATH_MAX - 256];
    struct dirent *entry;
    int cases = 0;

    CHECK(getenv("VECTORS") != NULL);
    (void)snprintf(root, sizeof root, "%s/ws", getenv("VECTORS"));
    DIR *all = opendir(root);
    CHECK(all != NULL);
    while ((entry = readdir(all)) != NULL) {
        char folder[PATH_MAX];

        if (entry->d_name[0] == '.')
            continue;
        (void)snprintf(folder, sizeof folder, "%s/%s", root, entry->d_name);
        struct buf in = file_of(folder, "in"), want = file_of(folder, "want");

        for (size_t first = 1; first <= in.size; first += 1 + in.size / 100)
            check_vector(&in, &want, first, in.size);
        check_vector(&in, &want, 1, 1);
        buf_finish(&in);
        buf_finish(&want);
        cases++;
    }
    (void)closedir(all);
    CHECK(cases >= 8);
}
