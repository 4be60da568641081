/* test_segments.c - what was written is read, from any place; what was altered, moved or cut is not. */
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "storage/segments.h"

enum { SEGMENT = 1024, TOTAL = 2 * SEGMENT + 100 };

struct box {
    struct store s;
    char folder[32];
    struct segments *segments;
    unsigned char bytes[TOTAL];
};

static const struct segment_file one = { "fil_one", SEGMENT };

static void box_open(struct box *b)
{
    *b = (struct box){ .folder = "/tmp/segments-XXXXXX" };
    store_open(&b->s);
    CHECK(mkdtemp(b->folder) != NULL);
    CHECK_INT(segments_open(b->folder, &db_host(b->s.db)->seal, &b->segments), 0);
    for (size_t i = 0; i < TOTAL; i++)
        b->bytes[i] = (unsigned char)(i * 7 + i / 256);
    for (int64_t i = 0; i < 3; i++)
        CHECK_INT(segments_write(b->segments, &one, i, b->bytes + i * SEGMENT, i < 2 ? SEGMENT : 100), 0);
    CHECK_INT(segments_sync(b->segments, one.id), 0);
}

static void box_close(struct box *b)
{
    CHECK_INT(segments_remove(b->segments, one.id), 0);
    CHECK_INT(segments_remove(b->segments, one.id), 0);
    segments_close(b->segments);
    CHECK_INT(rmdir(b->folder), 0); /* nothing else was left                              */
    store_close(&b->s);
}

static int read_at(struct box *b, int64_t from, size_t size)
{
    unsigned char got[TOTAL];
    int err = segments_read(b->segments, &one, TOTAL, from, size, got);

    if (err == 0)
        CHECK_MEM(got, b->bytes + from, size);
    return err;
}

static int file_of(const struct box *b, const char *id)
{
    char path[80];
    int file;

    snprintf(path, sizeof path, "%s/%s", b->folder, id);
    file = open(path, O_RDWR);
    CHECK(file >= 0);
    return file;
}

TEST(segments, any_part_is_read_as_it_was_written)
{
    static const int64_t places[] = { 0, 1, SEGMENT - 1, SEGMENT, SEGMENT + 1, 2 * SEGMENT, TOTAL - 1 };
    struct box b;

    box_open(&b);
    for (size_t i = 0; i < COUNT_OF(places); i++)
        for (size_t j = i; j < COUNT_OF(places); j++)
            CHECK_INT(read_at(&b, places[i], (size_t)(places[j] - places[i]) + 1), 0);
    CHECK_INT(read_at(&b, 0, TOTAL), 0);
    box_close(&b);
}

TEST(segments, a_segment_that_is_written_again_is_the_last_one)
{
    struct box b;

    box_open(&b);
    memset(b.bytes + SEGMENT, 'x', SEGMENT);
    CHECK_INT(segments_write(b.segments, &one, 1, b.bytes + SEGMENT, SEGMENT), 0);
    CHECK_INT(read_at(&b, 0, TOTAL), 0);
    box_close(&b);
}

TEST(segments, a_bit_that_changed_spoils_its_segment_and_no_other)
{
    unsigned char byte;
    struct box b;
    int file;

    box_open(&b);
    file = file_of(&b, one.id);
    CHECK_INT(pread(file, &byte, 1, SEGMENT + SEGMENT_OVERHEAD + 500), 1);
    byte ^= 1;
    CHECK_INT(pwrite(file, &byte, 1, SEGMENT + SEGMENT_OVERHEAD + 500), 1);
    close(file);
    CHECK_INT(read_at(&b, SEGMENT, 1), -EBADMSG);
    CHECK_INT(read_at(&b, 0, SEGMENT), 0);
    CHECK_INT(read_at(&b, 2 * SEGMENT, 100), 0);
    box_close(&b);
}

TEST(segments, none_opens_at_another_place_or_in_another_file)
{
    static const struct segment_file two = { "fil_two", SEGMENT };
    unsigned char sealed[SEGMENT + SEGMENT_OVERHEAD], got[SEGMENT];
    struct box b;
    int file, other;

    box_open(&b);
    CHECK_INT(segments_write(b.segments, &two, 0, b.bytes, SEGMENT), 0);
    file = file_of(&b, one.id);
    other = file_of(&b, two.id);
    CHECK_INT(pread(file, sealed, sizeof sealed, 0), sizeof sealed);
    CHECK_INT(pwrite(file, sealed, sizeof sealed, sizeof sealed), sizeof sealed);
    CHECK_INT(pwrite(other, sealed, sizeof sealed, 0), sizeof sealed);
    close(file);
    close(other);
    CHECK_INT(read_at(&b, SEGMENT, 1), -EBADMSG);
    CHECK_INT(segments_read(b.segments, &two, SEGMENT, 0, 1, got), -EBADMSG);
    CHECK_INT(segments_remove(b.segments, two.id), 0);
    box_close(&b);
}

TEST(segments, what_was_cut_or_is_gone_is_said_and_nobody_else_may_read)
{
    struct stat about;
    struct box b;
    int file;

    box_open(&b);
    file = file_of(&b, one.id);
    CHECK_INT(fstat(file, &about), 0);
    CHECK_INT(about.st_mode & 0777, 0600);
    CHECK_INT(about.st_size, TOTAL + 3 * SEGMENT_OVERHEAD);
    CHECK_INT(ftruncate(file, about.st_size - 1), 0);
    close(file);
    CHECK_INT(read_at(&b, 0, 2 * SEGMENT), 0);
    CHECK_INT(read_at(&b, TOTAL - 1, 1), -EBADMSG);
    CHECK_INT(segments_remove(b.segments, one.id), 0);
    CHECK_INT(read_at(&b, 0, 1), -EBADMSG);
    box_close(&b);
}
